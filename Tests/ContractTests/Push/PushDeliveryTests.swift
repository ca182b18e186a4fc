import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import MContract

/// What becomes of a message that is not taken.
@Suite(.timeLimit(.minutes(5)))
struct PushDeliveryTests {
    private let trial = PushTrial()

    @Test func aChannelThatFailsIsTriedThreeTimesMoreAndThenTold() async throws {
        let (broken, whole) = (KeptChannel("ntfy") { _, _ in .later }, KeptChannel("webhook"))
        trial.asked.ask("r1", at: trial.clock.now)
        let start = trial.clock.now
        try await trial.desk([broken, whole]).look()
        #expect(broken.messages.count == 4 && whole.messages.count == 1)
        #expect(trial.clock.slept == [.seconds(2), .seconds(10), .seconds(30)])
        let time = JSONValue.string("\(start + .seconds(42))")
        #expect(
            trial.log.all == [
                [
                    "time": time, "push": "ntfy", "run": "r1", "approval": "a1", "attempts": 4,
                    "failed": "No connection to 'push.test': refused.",
                ]
            ]
        )
    }

    @Test func aServiceThatSaysWhenToComeBackIsLeftAloneForSoLong() async throws {
        let channel = KeptChannel { _, count in
            let wait = count == 0 ? 20.0 : 3_600
            return .failed(Failure(.rateLimited, "Too often.", retryAfter: wait), mayRetry: count < 2)
        }
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([channel]).look()
        #expect(trial.clock.slept == [.seconds(20), .seconds(60)])
    }

    @Test func whatNoAttemptCanMendIsTriedOnce() async throws {
        let channel = KeptChannel { _, _ in .never }
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([channel]).look()
        #expect(channel.messages.count == 1)
        #expect(trial.log.all.map { $0["attempts"] } == [1])
    }

    @Test func aDeviceThatIsGoneIsTakenOut() async throws {
        for token in ["0123456789abcdef", "fedcba9876543210"] {
            _ = try await trial.documents.put(["platform": "ios", "created_at": 1], as: token, in: Device.collection)
        }
        let gone = KeptChannel("apns", device: "0123456789abcdef") { _, _ in .gone }
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk([gone]).look()
        let left = try await trial.documents.all(in: Device.collection, most: 10)
        #expect(left.map(\.id) == ["fedcba9876543210"])
        let time = JSONValue.string("\(trial.clock.now)")
        #expect(trial.log.all == [["time": time, "push": "apns", "device": "01234567…", "device_removed": true]])
    }

    @Test func noMoreThanSixteenAreOnTheirWayAtOnce() async throws {
        let crowd = Crowd()
        let channels = (0..<100).map { _ in crowd }
        trial.asked.ask("r1", at: trial.clock.now)
        try await trial.desk(channels).look()
        #expect((2...16).contains(crowd.most) && crowd.count == 100)
    }

    /// Counts those that are sending.
    private final class Crowd: PushChannel {
        private let state = Mutex((now: 0, most: 0, count: 0))
        var name: String { "crowd" }
        var most: Int { state.withLock { $0.most } }
        var count: Int { state.withLock { $0.count } }

        func send(_ message: PushMessage) async -> PushOutcome {
            state.withLock { state in
                state.now += 1
                state.count += 1
                state.most = max(state.most, state.now)
            }
            for _ in 0..<50 { await Task.yield() }
            state.withLock { $0.now -= 1 }
            return .sent
        }
    }
}
