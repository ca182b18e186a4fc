import Dispatch
import PipelineKit
import Testing

struct BlockingThreadTests {
    /// Each waits until the other has begun.
    @Test func twoPiecesOfWorkAreDoneAtOnce() {
        let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let found = BlockingThread.both {
            first.signal()
            return second.wait(timeout: .now() + 60) == .success
        } _: {
            second.signal()
            return first.wait(timeout: .now() + 60) == .success ? "both" : "one after the other"
        }
        #expect(found == (true, "both"))
    }

    @Test func workGivesWhatItComesTo() async throws {
        #expect(try await BlockingThread.run { 42 } == 42)
        await #expect(throws: Failure(.missing, "There is no 'x'.")) {
            try await BlockingThread.run { () throws(Failure) -> Int in throw Failure(.missing, "There is no 'x'.") }
        }
    }

    /// The work ends because it is told to, and only then does whoever waits go on.
    @Test func workIsToldThatNobodyWantsItAnyMore() async throws {
        let (begun, stop) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let task = Task {
            try await BlockingThread.run {
                begun.signal()
                return stop.wait(timeout: .now() + 60) == .success
            } onCancel: {
                stop.signal()
            }
        }
        _ = try await BlockingThread.run { begun.wait(timeout: .now() + 60) == .success }
        task.cancel()
        #expect(try await task.value)
    }
}
