import Testing

/// Tests of pipelines that have agents and people.
struct TestedAgentTests {
    private static let files = [
        "main.yaml": """
        name: main
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
        "helper.json": """
        [{"calls": [{"tool": "ask_human", "arguments": {"question": "Which?"}}]},
         {"expect": "the one",
          "calls": [{"tool": "file_write", "arguments": {"path": "part", "content": "part"}}]}, {"text": "There."}]
        """,
        "main.test.yaml": """
        tests:
          - name: has the helper ask
            kill: each
            model:
              - calls: [{ tool: run_agent, arguments: { agent: helper, task: Write the part. } }]
              - calls: [{ tool: file_write, arguments: { path: out, content: out } }]
              - text: Done.
            answers: [{ answer: the one }]
            expect:
              end: achieved
              events: [agent.started, approval.requested, approval.resolved, agent.finished, run.finished]
              files: { out: out, part: part }

        """,
    ]

    /// The agent's question is the run's, its model has a script of its own, and each event of the run is its last once.
    @Test func agentsPlayScriptsOfTheirOwn() async throws {
        try await withBench { bench in
            for (name, text) in Self.files { try bench.write(text, to: "tests/\(name)") }
            let ended = try await bench.sluice("test", "tests")
            #expect(ended.status == 0, "\(ended)")
        }
    }
}
