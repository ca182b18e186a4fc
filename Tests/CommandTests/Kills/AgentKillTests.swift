import PipelineEngine
import PipelineKit
import Testing

/// A process that has an agent work, and a person asked by it, is killed at any instant; others go on with the same agent.
struct AgentKillTests {
    private static let lanes = 2

    private static let files = [
        "main.yaml": """
        name: main
        model: scripted/main.json
        goal: { gate: command, with: { command: "cat out part" } }
        tools: { allow: [run_agent, file_write] }
        agents: { helper: { pipeline: helper.yaml } }

        """,
        "helper.yaml": """
        name: helper
        model: scripted/helper.json
        goal: { gate: command, with: { command: "cat part" } }
        tools: { allow: [ask_human, file_write] }

        """,
        "main.json": """
        [{"calls": [{"tool": "run_agent", "arguments": {"agent": "helper", "task": "Write the part."}}]},
         {"calls": [{"tool": "file_write", "arguments": {"path": "out", "content": "out"}}]}, {"text": "Done."}]
        """,
        "helper.json": """
        [{"calls": [{"tool": "ask_human", "arguments": {"question": "Which?"}}]},
         {"calls": [{"tool": "file_write", "arguments": {"path": "part", "content": "part"}}]}, {"text": "There."}]
        """,
    ]

    /// What a person does: starts it, and answers until it has ended.
    private enum Step: CaseIterable {
        case run, resume

        /// How it ends when nothing disturbs it: with a question, and then for good.
        var ending: Int32 { self == .run ? 2 : 0 }
    }

    private func play(_ step: Step, _ bench: Bench, adding more: [String: String] = [:]) async throws -> Ended {
        let words =
            switch step {
            case .run: ["run", "main.yaml", "--cwd", "project", "--id", "r1", "--json"]
            case .resume: ["resume", "r1", "--json"]
            }
        return try await bench.start(words, adding: more).ended()
    }

    private func state(_ bench: Bench) async throws -> RunState {
        try await bench.events(of: "r1").reduce(into: RunState()) { $0.apply($1) }
    }

    /// Answers what the run asks, however often it does.
    private func answer(_ bench: Bench) async throws {
        let pending = try await state(bench).pendingApprovals
        for asked in pending.map(\.approval) {
            // A call of the agent that may have run is asked about, too.
            let answer = asked.input.map { $0.form == .text ? ["--answer", "the one"] : ["--answer", "approve"] }
            let words = ["approve", "r1", asked.id.value] + (answer ?? [])
            #expect(try await bench.start(words).ended().status == 0)
        }
    }

    /// The instants of a step that nothing disturbs.
    private func instants(_ step: Step, _ bench: Bench) async throws -> Int {
        let log = "\(bench.root)/instants"
        try bench.write("", to: "instants")
        let ended = try await play(step, bench, adding: ["SLUICE_TEST_FAULT_LOG": log])
        try #require(ended.status == step.ending, "\(step): \(ended)")
        return try #require(bench.read("instants")).split(separator: "\n").count
    }

    private func stage(_ bench: Bench) throws {
        for (name, text) in Self.files { try bench.write(text, to: name) }
    }

    private func finish(_ bench: Bench, _ what: String) async throws {
        for _ in 0..<6 {
            let state = try await state(bench)
            if state.status == .achieved { break }
            try await answer(bench)
            let ended = try await play(.resume, bench)
            guard ended.status == 2 else {
                #expect(ended.status == 0, "\(what): \(ended)")
                break
            }
        }
        let events = try await bench.events(of: "r1")
        let agents = events.count { if case .agentStarted = $0.payload { true } else { false } }
        let ends = events.count { if case .agentFinished = $0.payload { true } else { false } }
        #expect(agents == 1 && ends == 1, "\(what): \(agents) agents, \(ends) ends")
        #expect(bench.read("project/out") == "out" && bench.read("project/part") == "part", "\(what)")
        #expect(try await bench.sluice("verify", "r1-1-1").status == 0, "\(what)")
    }

    @Test(arguments: 0..<lanes) func whoGoesOnFindsTheSameAgent(lane: Int) async throws {
        var counts: [Step: Int] = [:]
        try await withBench { bench in
            try stage(bench)
            counts[.run] = try await instants(.run, bench)
            try await answer(bench)
            counts[.resume] = try await instants(.resume, bench)
        }
        let points = Step.allCases.flatMap { step in (1...(counts[step] ?? 1)).map { (step, $0) } }
        try #require(points.count > 30)
        var survived = 0
        for (step, number) in points.indices.filter({ $0 % Self.lanes == lane }).map({ points[$0] }) {
            try await withBench { bench in
                try stage(bench)
                if step == .resume {
                    _ = try await play(.run, bench)
                    try await answer(bench)
                }
                let killed = try await play(step, bench, adding: ["SLUICE_TEST_FAULT": "\(number)"])
                // A slow machine renews its hold on a run in between, and so has a few instants more than another time.
                if killed.status != Ended.killed {
                    #expect(killed.status == step.ending, "\(step) \(number): \(killed)")
                    survived += 1
                }
                // Where nothing had been recorded there is nothing to go on with.
                if step == .run, try await bench.sluice("show", "r1").status != 0 { _ = try await play(.run, bench) }
                try await finish(bench, "killed at instant \(number) of '\(step)'")
            }
        }
        #expect(survived * 10 < points.count, "\(survived) of \(points.count) were not killed")
    }
}
