import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Runs whose model is an agent of another maker.
struct ModelAgentTests {
    private static let fixtures = "\(Bench.package)/Tests/Fixtures/Servers"

    private func pipeline(_ run: [String], _ more: String = "") -> String {
        """
        name: agent
        model: command/agent
        goal: { gate: command, with: { command: "grep -q 'by the library\\\\|You have tools' made" } }
        tools: { allow: [] }
        providers:
          command:
            protocol: acp
            run: [\(run.joined(separator: ", "))]
        \(more)
        limits: { iterations: 1 }
        workspace: { sandbox: required, readable: [\(Self.fixtures), \(Bench.package)/.venv-acp] }

        """
    }

    private func replies(_ bench: Bench) async throws -> [String] {
        try await bench.events(of: "r1").compactMap { event in
            if case .modelReplied(let reply) = event.payload { reply.text } else { nil }
        }
    }

    @Test func anAgentWorksInTheSandboxUntilTheGoalHolds() async throws {
        try await withBench { bench in
            try bench.write(
                pipeline(["/usr/bin/python3", "\(Self.fixtures)/acp_agent.py", "work"]),
                to: "project/agent.yaml"
            )
            #expect(try await bench.sluice("lint", "project/agent.yaml").status == 0)
            let ran = try await bench.sluice("run", "agent.yaml", "--id", "r1", in: bench.project)
            #expect(ran.status == 0, "\(ran)")
            #expect(try await replies(bench) == ["Written in \(bench.project)."])
            let diff = try await bench.sluice("diff", "r1")
            #expect(diff.output.contains("+You have tools of your own"), "what it changed is the run's")
        }
    }

    @Test(arguments: [
        ("", 1, "[Refused without asking anybody, as 'permissions: refuse' says: Write made]\nI was not let."),
        (
            "    permissions: allow", 0,
            "[Allowed without asking anybody, as 'permissions: allow' says: Write made]\nI wrote it."
        ),
    ])
    func anAgentOnTheOfficialLibraryIsAnsweredAsThePipelineSays(more: String, status: Int, reply: String) async throws {
        let python = "\(Bench.package)/.venv-acp/bin/python3"
        try #require(FileManager.default.isExecutableFile(atPath: python), "Run 'make acp' first.")
        try await withBench { bench in
            try bench.write(pipeline([python, "\(Self.fixtures)/acp_sdk_agent.py"], more), to: "project/agent.yaml")
            let ran = try await bench.sluice("run", "agent.yaml", "--id", "r1", in: bench.project)
            #expect(ran.status == status, "\(ran)")
            #expect(try await replies(bench) == [reply])
        }
    }
}
