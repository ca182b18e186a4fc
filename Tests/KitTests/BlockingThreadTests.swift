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
}
