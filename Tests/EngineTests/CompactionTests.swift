import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A conversation that has grown too long is summarised, and goes on.
struct CompactionTests {
    /// A reply with calls, and their results.
    private static func turn(_ number: Int, _ text: String, calls: Int = 1, size: Int = 100) -> [Message] {
        let ids = (0..<calls).map { CallID("c\(number).\($0)") }
        return [.assistant(text, calls: ids.map { ToolCall(id: $0, tool: "look", arguments: "{}") })]
            + ids.map { .tool(call: $0, name: "look", text: String(repeating: "x", count: size), isError: false) }
    }

    @Test(arguments: 1...50)
    func noCallIsEverWithoutItsResult(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var messages: Messages = [.user("It fails.")]
        for number in 1...dice.roll(1...40) {
            if dice.roll(0...5) == 0 { messages.append(.user("Listen.")) }
            let turn = Self.turn(number, "So.", calls: dice.roll(0...4), size: dice.roll(0...3_000))
            messages.append(contentsOf: turn)
        }
        guard let cut = Compaction.cut(in: messages) else { return #expect(messages.count < 12) }
        let kept = messages[cut...]
        let asked = kept.flatMap { message -> [CallID] in
            if case .assistant(_, let calls, _) = message { calls.map(\.id) } else { [] }
        }
        let answered = kept.compactMap { message -> CallID? in
            if case .tool(let call, _, _, _, _) = message { call } else { nil }
        }
        #expect(asked == answered)
        let last = try #require(messages.lastIndex { if case .tool = $0 { false } else { true } })
        #expect(cut <= last)
        let bytes = kept.reduce(0) { $0 + $1.bytes }
        #expect(cut == last || bytes * 4 <= messages.reduce(0) { $0 + $1.bytes })
    }

    @Test func aConversationOfOneTurnIsNotCut() {
        #expect(Compaction.cut(in: []) == nil)
        #expect(Compaction.cut(in: [.user("It fails.")]) == nil)
        #expect(Compaction.cut(in: Messages([.user("It fails.")] + Self.turn(1, "So."))) == nil)
        #expect(Compaction.cut(in: Messages([.user("It fails.")] + Self.turn(1, "So.") + Self.turn(2, "So."))) == 3)
    }

    // MARK: - Runs

    private static let look: JSONValue = ["tool": "look"]

    /// Turns that look, then one that ends the work.
    private func start(_ bench: Bench, turns: Int, limits: JSONValue, replies: [JSONValue] = []) async throws -> RunID {
        let looks = (1...turns).map { number -> JSONValue in
            ["text": .string("I look, \(number). \(String(repeating: "x", count: 600))"), "calls": [Self.look]]
        }
        let all = replies.isEmpty ? looks + [["calls": [RunningTests.write]], ["text": "Done."]] : replies
        return try await bench.start(.array(all), limits: limits, notes: ["summary": "I have looked.", "counts": true])
    }

    @Test func aLongConversationIsSummarisedByTheModel() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await start(bench, turns: 20, limits: ["context": "2k"])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        let events = try await bench.services.runs.events(of: run)
        let compactions = events.compactMap { event -> Compaction? in
            if case .conversationCompacted(let compaction) = event.payload { compaction } else { nil }
        }
        let first = try #require(compactions.first)
        #expect(
            first.text == """
                The conversation up to here was too long and has been summarised; the messages after this one are its end.

                The goal is the one that was given at the beginning.

                The goal does not hold yet. It is ''.

                Your summary:

                I have looked.
                """
        )
        let intents = events.compactMap { if case .modelRequested(let intent) = $0.payload { intent } else { nil } }
        #expect(intents.count { $0.purpose == .summary } == compactions.count)
        #expect(Set(intents.map(\.turn)).count == intents.count)
        let last = try #require(compactions.last)
        #expect(state.messages.first == .user(last.text))
        #expect(RunState(replaying: events).messages == state.messages)
    }

    @Test func whatTheSummaryCostIsSpent() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await start(bench, turns: 20, limits: ["context": "2k"])
        let state = try await bench.services.runs.carryOn(run)
        let events = try await bench.services.runs.events(of: run)
        let replies = events.compactMap { if case .modelReplied(let reply) = $0.payload { reply } else { nil } }
        #expect(replies.count > 22)
        #expect(replies.contains { $0.text == "I have looked." })
        #expect(state.spent.tokens == replies.reduce(0) { $0 + $1.usage.total })
        #expect(CostLedger(events).entries.count == replies.count)
    }

    @Test func aShortConversationStaysWhole() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await start(bench, turns: 3, limits: ["context": "20k"])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        #expect(try await !bench.types().contains("conversation.compacted"))
    }

    @Test func theModelsOwnWindowCountsWhenThePipelineSaysNothing() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let looks = (1...30).map { _ -> JSONValue in
            ["text": .string(String(repeating: "x", count: 600)), "calls": [Self.look]]
        }
        let replies = JSONValue.array(looks + [["calls": [RunningTests.write]]])
        let run = try await bench.start(replies, limits: ["reply": "1k"], notes: ["window": 4_000, "counts": true])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        #expect(try await bench.types().contains("conversation.compacted"))
    }

    @Test func aRequestThatIsRefusedAsTooLongIsCutAndAskedAgain() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let looks = (1...5).map { number -> JSONValue in ["text": .string("Look \(number)."), "calls": [Self.look]] }
        let replies = looks + [["too_long": true], ["calls": [RunningTests.write]]]
        let run = try await start(bench, turns: 1, limits: [:], replies: replies)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        let types = try await bench.types()
        #expect(types.count { $0 == "conversation.compacted" } == 1)
        guard case .user(let text) = state.messages.first else { throw Refusal.outdated }
        let list = """
            What was said and done:

            - You were told: The goal does not hold yet. It is ''.
            - You said: Look 1.
            - You called look {}
            - look gave: It is ''.
            """
        #expect(text.contains(list), "\(text)")
    }

    @Test func aRequestThatCannotBeCutEndsTheRun() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await start(bench, turns: 1, limits: [:], replies: [["too_long": true]])
        let state = try await bench.services.runs.carryOn(run)
        guard case .finished(.failed, let reason) = state.phase else { throw Refusal.outdated }
        #expect(reason == "It is too long.")
    }

    @Test func aCrashInASummaryAsksForItAgain() throws {
        let intent = ModelIntent(
            turn: 1,
            attempt: 1,
            model: "m",
            reserved: Spending(tokens: 9),
            request: Chain.start,
            purpose: .summary
        )
        let state = RunState.given(
            [.started(["name": "p", "goal": "command"]), .opened]
                + Event.Payload.checked(0, CheckResult(.failed, "No.")) + [
                    .iterationStarted(1), .modelRequested(intent),
                ]
        )
        let events = try state.when(.beginTurn(intent))
        guard case .modelFailed(1, 1, let failure, .some) = events.first else { throw Refusal.outdated }
        #expect(failure.mayHaveCost)
        #expect(state.after(events).messages == state.messages)
    }
}
