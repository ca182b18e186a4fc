import PipelineKit
import Testing

@testable import PipelineEngine

struct TurnstileTests {
    private static let late = Failure(.cancelled, "The work was cancelled before its turn came.")

    /// Takes a turn and says that it has it, then keeps it until the gate opens.
    private struct Occupied {
        let turnstile = Turnstile()
        let entered = AsyncStream<Void>.makeStream()
        let gate = AsyncStream<Void>.makeStream()

        func hold() async throws(Failure) {
            try await turnstile.pass { () async throws(Failure) in
                entered.continuation.yield()
                for await _ in gate.stream { return }
            }
        }
    }

    private static func outcome(_ work: () async throws(Failure) -> Void) async -> Failure? {
        do throws(Failure) { try await work() } catch { return error }
        return nil
    }

    @Test func whoIsCancelledInLineLeavesItAtOnce() async {
        let place = Occupied()
        await withTaskGroup(of: Failure?.self) { group in
            group.addTask { await Self.outcome { () async throws(Failure) in try await place.hold() } }
            for await _ in place.entered.stream { break }
            let waiting = Task { await Self.outcome { () async throws(Failure) in try await place.turnstile.pass {} } }
            waiting.cancel()
            #expect(await waiting.value == Self.late)  // while the first still holds the turn
            place.gate.continuation.yield()
            #expect(await group.next() == .some(nil))
        }
        #expect(await Self.outcome { () async throws(Failure) in try await place.turnstile.pass {} } == nil)
    }

    @Test func whoComesCancelledDoesNotPass() async {
        let turnstile = Turnstile()
        let outcome = await withTaskGroup(of: Failure?.self) { group in
            group.cancelAll()
            group.addTask { await Self.outcome { () async throws(Failure) in try await turnstile.pass {} } }
            return await group.next() ?? nil
        }
        #expect(outcome == Self.late)
        #expect(await Self.outcome { () async throws(Failure) in try await turnstile.pass {} } == nil)
    }

    @Test func oneOfManyPassesAtATimeWhoeverIsCancelled() async {
        let turnstile = Turnstile()
        let inside = Log()
        let crossed = await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let work = Task {
                        await Self.outcome { () async throws(Failure) in
                            try await turnstile.pass {
                                inside.add("in")
                                await Task.yield()
                                inside.add("out")
                            }
                        }
                    }
                    if number.isMultiple(of: 3) { work.cancel() }
                    _ = await work.value
                }
            }
            await group.waitForAll()
            return inside.all
        }
        #expect(crossed.count >= 2 * 133)
        #expect(crossed.indices.allSatisfy { crossed[$0] == ($0.isMultiple(of: 2) ? "in" : "out") })
        #expect(await Self.outcome { () async throws(Failure) in try await turnstile.pass {} } == nil)
    }
}
