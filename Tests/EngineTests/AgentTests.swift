import AgentsTool
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A call whose work another run does.
struct AgentTests {
    private static let registry: Registry = {
        var registry = Bench.registry
        registry.add(AgentSource())
        return registry
    }()

    private static func bench(
        _ store: any EventStore = MemoryStore(),
        _ owner: String = "1",
        _ directory: String = Bench.temporary()
    ) -> Bench {
        Bench(directory, store: store, owner: ProcessName("host:boot:\(owner):1"), registry: registry)
    }

    private static func write(_ file: String) -> JSONValue {
        ["calls": [["tool": "write", "arguments": ["file": .string(file), "text": "done"]]]]
    }

    private static let task: JSONValue = [
        "calls": [["tool": "run_agent", "arguments": ["agent": "helper", "task": "Write the part."]]]
    ]

    /// Starts a run whose model has a helper write `part` before it writes `out` itself.
    private func start(
        _ bench: Bench,
        tools: JSONValue = ["allow": ["write"]],
        helper: [JSONValue] = [write("part"), ["text": "The part is written."]],
        limits: JSONValue = [:],
        more: [String: JSONValue] = [:]
    ) async throws -> RunID {
        let agent: [String: JSONValue] = [
            "name": "helper", "model": "notes/x", "tools": tools,
            "goal": ["gate": "content", "with": ["file": "part", "is": "done"]],
            "providers": ["notes": ["replies": .array(helper)]], "limits": ["iterations": 1],
        ]
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
            "tools": ["allow": ["run_agent", "write"]], "limits": limits,
            "providers": ["notes": ["replies": [Self.task, Self.write("out"), ["text": "Done."]]]],
            "agents": ["helper": ["pipeline": .object(agent.merging(more) { $1 }), "help": "Writes parts."]],
        ])
        return try await bench.services.runs.start(
            RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test", key: nil)
        )
    }

    private func outputs(_ bench: Bench) async throws -> [String] {
        try await bench.services.runs.events(of: "r1").compactMap { event in
            if case .callFinished(_, let output) = event.payload { output.text } else { nil }
        }
    }

    @Test func anAgentDoesItsPartInARunOfItsOwn() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let run = try await start(bench)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(bench.read("part") == "done")
        #expect(
            try await outputs(bench).first == """
                The agent 'helper' (run r1-1-1) has ended: achieved. It is 'done'.

                It says:
                The part is written.
                """
        )
        let agent = try await bench.services.runs.state(of: "r1-1-1")
        #expect(agent.start?.parent == ParentWork(run: "r1", call: "1.1"))
        #expect(agent.start?.inputs == ["task": "Write the part."])
        #expect(agent.pipeline?.instructions == "What you are to do:\n\nWrite the part.")
        let types = try await bench.types()
        let order = ["tool_call.started", "agent.started", "agent.finished", "tool_call.finished"]
        #expect(types.filter { order.contains($0) }.prefix(4) == order[...])
    }

    @Test func whatItSpendsCountsForTheRunItWorksFor() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let state = try await bench.services.runs.carryOn(try await start(bench))
        let agent = try await bench.services.runs.state(of: "r1-1-1")
        #expect(agent.spent.tokens == 30)
        #expect(state.spent.tokens == 45 + 30)
        let ledger = CostLedger(try await bench.services.runs.events(of: "r1"))
        #expect(ledger.entries.reduce(0) { $0 + $1.spent.tokens } == state.spent.tokens)
        #expect(ledger.entries.filter(\.isAgent).map(\.model) == ["run r1-1-1"])
    }

    @Test func itHasNoMoreThanTheRunHasLeftAndMayNotAskForMore() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let greedy: JSONValue = [
            "input": 19_900, "calls": [["tool": "write", "arguments": ["file": "x", "text": "x"]]],
        ]
        let run = try await start(
            bench,
            helper: [greedy, Self.write("part")],
            limits: ["tokens": 20_000, "reply": 1_000]
        )
        let state = try await bench.services.runs.carryOn(run)
        let agent = try await bench.services.runs.state(of: "r1-1-1")
        #expect(agent.limits.tokens == TokenCount(20_000 - 15))
        #expect(agent.status == .notAchieved)
        let refused = agent.approvals["a1"]?.resolution
        #expect(refused?.decision == .rejected)
        #expect(refused?.by == "run r1")
        #expect(try await outputs(bench).first?.contains("has ended: not achieved.") == true)
        // What the agent has left is not enough for another reply of the run: now a person is asked.
        #expect(state.pendingApprovals.map(\.approval.subject) == [.limit(.tokens)])
    }

    @Test func whatItAsksIsAskedByTheRunItWorksForAndAnsweredThereInAnyProcess() async throws {
        let store = MemoryStore()
        let first = Self.bench(store)
        defer { first.remove() }
        let run = try await start(first, tools: ["ask": ["write"], "allow": []])
        let waiting = try await first.services.runs.carryOn(run)
        #expect(waiting.status == .waiting)
        let question = try #require(waiting.pendingApprovals.first?.approval)
        #expect(question.subject == .input("1.1"))
        #expect(
            question.question
                == #"The agent 'helper' (run r1-1-1) asks: Let the model call write? {"file":"part","text":"done"}"#
        )
        #expect(try await first.services.approvals.open(after: nil, limit: 9).map(\.run) == ["r1"])
        #expect(try await first.services.approvals.waiting().map(\.run) == ["r1"])
        let elsewhere = "Run 'r1-1-1' works for run 'r1', which asks this too: answer there."
        await #expect(throws: ServiceError.invalid(elsewhere)) {
            let yes = Resolution(.approved, by: "bob")
            try await first.services.approvals.resolve("a1", of: "r1-1-1", with: yes, shown: nil)
        }
        await #expect(throws: ServiceError.invalid(elsewhere)) {
            let yes = Resolution(.approved, by: "bob")
            try await first.services.approvals.approve("a1", of: "r1-1-1", with: yes, grant: .same, shown: nil)
        }

        let second = Self.bench(store, "2", first.directory)
        let yes = Resolution(.approved, by: "ada", answer: ["decision": "approve", "message": "Well."])
        try await second.services.approvals.resolve("a1", of: run, with: yes, shown: nil)
        let state = try await second.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(second.read("part") == "done")
        let answer = try await second.services.runs.state(of: "r1-1-1").approvals["a1"]?.resolution
        #expect(answer == Resolution(.approved, by: "ada", message: "Well."))
    }

    /// Whoever knows no forms can say yes or no, and what the agent is to know.
    @Test func yesIsYesWithoutAForm() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let run = try await start(bench, tools: ["ask": ["write"], "allow": []])
        let waiting = try await bench.services.runs.carryOn(run)
        let question = try #require(waiting.pendingApprovals.first?.approval)
        #expect(question.input != nil && !question.asksForWords)
        let yes = Resolution(.approved, by: "ada", message: "Well.")
        try await bench.services.approvals.resolve("a1", of: run, with: yes, shown: nil)
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        let state = try await bench.services.runs.state(of: run)
        let filled = Resolution(.approved, by: "ada", answer: ["decision": "approve", "message": "Well."])
        #expect(state.approvals["a1"]?.resolution == filled)
        #expect(question.grants(filled))
        #expect(!question.grants(Resolution(.approved, by: "ada", answer: ["decision": "refuse"])))
        let answer = try await bench.services.runs.state(of: "r1-1-1").approvals["a1"]?.resolution
        #expect(answer == Resolution(.approved, by: "ada", message: "Well."))
    }

    @Test func aNoIsANoToTheAgentToo() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let run = try await start(bench, tools: ["ask": ["write"], "allow": []])
        _ = try await bench.services.runs.carryOn(run)
        try await bench.services.approvals.resolve("a1", of: run, with: Resolution(.rejected, by: "ada"), shown: nil)
        _ = try await bench.services.runs.carryOn(run)
        #expect(bench.read("part") == nil)
        #expect(try await outputs(bench).first?.contains("has ended: not achieved.") == true)
    }

    @Test func itEndsWithTheRunItWorksFor() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let run = try await start(bench, tools: ["ask": ["write"], "allow": []])
        _ = try await bench.services.runs.carryOn(run)
        try await bench.services.runs.cancel(run, by: "ada")
        let agent = try await bench.services.runs.state(of: "r1-1-1")
        #expect(agent.phase == .finished(.aborted, reason: "Run r1, which it worked for, has ended."))
    }

    @Test func itEndsInTheMiddleOfItsWorkWithTheRunItWorksFor() async throws {
        let bench = Self.bench()
        defer { bench.remove() }
        let run = try await start(bench, tools: ["allow": ["hang"]], helper: [["calls": [["tool": "hang"]]]])
        async let end = bench.services.runs.carryOn(run)
        while !bench.seen.all.contains("agent.started") { await Task.yield() }
        while (try? await bench.services.runs.state(of: "r1-1-1").calls["1.1"]?.stage) != .started {
            await Task.yield()
        }
        try await bench.services.runs.cancel(run, by: "ada")
        #expect(try await end.status == .aborted)
        #expect(try await bench.services.runs.state(of: "r1-1-1").status == .aborted)
    }

    @Test func aCallThatDiedGoesOnWithTheSameAgent() throws {
        let call = ProposedCall("1.1", "run_agent", [:], reach: [.writes])
        let died = RunState.given([.started(LoopTests.pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
            .after([.callProposed(call), .callStarted("1.1"), .agentStarted("1.1", AgentRun(run: "r", agent: "a"))])
        #expect(try died.when(.beginCall("1.1", shown: CallTests.shown)) == [])
        #expect(died.effects == [.call("1.1")])
        #expect(try died.when(.beginAgent("1.1", AgentRun(run: "r", agent: "a"))) == [])
        let over = died.after([.agentFinished("1.1", spent: Spending(tokens: 9))])
        #expect(over.spent.tokens == died.spent.tokens + 9)
        #expect(try over.when(.finishAgent("1.1", spent: Spending(tokens: 9))) == [])
    }
}
