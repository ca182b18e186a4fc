import PipelineKit
import Testing

@testable import PipelineEngine

/// Requests of recorded runs, made again.
struct StrictReplayTests {
    private static let look: JSONValue = ["tool": "look"]

    /// The events of a run that looked, wrote and ended, and was summarised on the way.
    private func events(_ bench: Bench, limits: JSONValue = [:]) async throws -> [Event] {
        let looks = (1...12).map { number -> JSONValue in
            ["text": .string("Look \(number). " + String(repeating: "x", count: 300)), "calls": [Self.look]]
        }
        let replies = JSONValue.array(looks + [["failures": 1, "calls": [RunningTests.write]]])
        let run = try await bench.start(replies, limits: limits, notes: ["window": 2_000, "counts": true])
        _ = try await bench.services.runs.carryOn(run)
        return try await bench.services.runs.events(of: run)
    }

    private func replay(_ events: [Event]) throws -> (difference: StrictReplay.Difference?, same: Int) {
        guard case .runStarted(let start)? = events.first?.payload else { throw Refusal.notStarted }
        var replay = try StrictReplay(start, Bench.registry)
        for event in events {
            if let difference = try replay.take(event) { return (difference, replay.count) }
        }
        return (nil, replay.count)
    }

    @Test(arguments: [[:], ["reply": "1k"], ["context": "1k"]] as [JSONValue])
    func theRequestsOfAWholeRunAreTheSame(limits: JSONValue) async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await events(bench, limits: limits)
        let (difference, same) = try replay(events)
        #expect(difference == nil)
        #expect(same == events.count { $0.payload.isModelRequest })
        #expect(same > 12)
    }

    @Test func aMessageThatIsAnotherOneIsNamed() async throws {
        let bench = Bench()
        defer { bench.remove() }
        var events = try await events(bench)
        let index = try #require(
            events.firstIndex { if case .callFinished("3.1", _) = $0.payload { true } else { false } }
        )
        events[index].payload = .callFinished("3.1", RecordedOutput(text: "something\nelse"))
        let (difference, same) = try replay(events)
        #expect(same == 3)
        #expect(difference?.turn == 4)
        #expect(
            difference?.words == """
                What stands before the conversation is as in the request before. What is different is one of these:
                message 6, in which the model calls look
                message 7, the result of call s2.0 of look: 'something…'
                """
        )
    }

    @Test func anotherModelIsTold() async throws {
        let bench = Bench()
        defer { bench.remove() }
        var events = try await events(bench)
        let index = try #require(events.firstIndex { $0.payload.isModelRequest })
        guard case .modelRequested(var intent) = events[index].payload else { return }
        let model = intent.model
        intent.model = "other/model"
        events[index].payload = .modelRequested(intent)
        #expect(try replay(events).difference?.words == "Today '\(model)' is asked, and not 'other/model'.")
    }

    @Test func anotherBeginningIsTold() async throws {
        let bench = Bench()
        defer { bench.remove() }
        var events = try await events(bench)
        guard case .runStarted(var start) = events[0].payload else { return }
        start.pipeline = .object(start.pipeline.members.merging(["instructions": "Be brief."]) { $1 })
        events[0].payload = .runStarted(start)
        let words = try #require(try replay(events).difference?.words)
        #expect(
            words.hasPrefix(
                "It may be what stands before the conversation (the instructions, the goal, the tools), or one of these:\nmessage 1, which tells the model: "
            ),
            "\(words)"
        )
    }
}
