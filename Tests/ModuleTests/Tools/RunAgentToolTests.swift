import AgentsTool
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// What a model gives an agent to do, and what it reads of the end.
struct RunAgentToolTests {
    private static let pipeline: JSONValue = ["name": "review", "goal": "content"]
    private static let report = AgentReport(
        run: "r1-2-1",
        isAchieved: true,
        status: "achieved",
        reason: "It holds.",
        words: "All is well.",
        changes: "2 files it changed were brought here."
    )

    private func tool(_ agents: JSONValue = ["reader": ["pipeline": pipeline, "help": "reads"]]) throws -> ToolFactory {
        let found = AgentSource().modules(of: agents, in: nil)
        try #require(found.problems.isEmpty, "\(found.problems)")
        return try #require(found.tools.first).thing
    }

    private func call(_ arguments: JSONValue, _ agents: Played, answer: InputAnswer? = nil) async throws -> ToolOutput {
        let context = ToolContext(workspace: Workspace(path: "/nowhere"), answer: answer, agents: agents)
        return try await tool().make([:]).call(arguments, context)
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(
            of: try tool(),
            arguments: ["agent": "reader", "task": "Read."],
            agents: Played(.ended(Self.report))
        )
    }

    @Test func theModelIsToldWhoThereIs() throws {
        let tool = try tool([
            "reader": ["pipeline": Self.pipeline, "help": "reads"], "tester": ["pipeline": Self.pipeline],
        ])
        #expect(
            tool.summary
                == "Has an agent do a task by itself, waits, and tells what came of it. Agents: reader (reads); tester."
        )
    }

    @Test func theEndOfTheAgentIsTold() async throws {
        let arguments: JSONValue = ["agent": "reader", "task": "Read."]
        let played = Played(.ended(Self.report))
        #expect(
            try await call(arguments, played)
                == ToolOutput(
                    """
                    The agent 'reader' (run r1-2-1) has ended: achieved. It holds.

                    2 files it changed were brought here.

                    It says:
                    All is well.
                    """
                )
        )
        #expect(played.orders.map(\.task) == ["Read."])
        #expect(played.orders.map(\.pipeline.name) == ["review"])
        var failed = Self.report
        (failed.isAchieved, failed.status, failed.words, failed.changes) = (false, "not achieved", "", "")
        let output = try await call(arguments, Played(.ended(failed)))
        #expect(
            output == ToolOutput("The agent 'reader' (run r1-2-1) has ended: not achieved. It holds.", isError: true)
        )
    }

    @Test func whatItAsksIsAskedByTheCall() async throws {
        let request = InputRequest("May I?")
        let arguments: JSONValue = ["agent": "reader", "task": "Read."]
        #expect(try await call(arguments, Played(.asks(request))) == .asking(request))
        let played = Played(.ended(Self.report))
        let answer = InputAnswer(request, .declined, by: "ada")
        _ = try await call(arguments, played, answer: answer)
        #expect(played.answers == [answer])
    }

    @Test(
        arguments: [
            (["agent": "raeder", "task": "Read."], "Field 'agent' must be one of reader, but is \"raeder\"."),
            (["agent": "reader", "task": " "], "Field 'task' must say what is to be done."),
            (
                ["agent": "reader", "task": .string(String(repeating: "x", count: 32_001))],
                "Field 'task' may have 32000 bytes, but has 32001."
            ),
        ] as [(JSONValue, String)]
    )
    func whatIsNoTaskIsRefused(arguments: JSONValue, message: String) async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await call(arguments, Played(.asks(.init("?")))) }
        #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
    }
}

/// Has one thing come of every agent's work.
private final class Played: AgentRunner {
    private let outcome: AgentOutcome
    private let asked = Mutex<[(AgentOrder, InputAnswer?)]>([])

    init(_ outcome: AgentOutcome) { self.outcome = outcome }

    var orders: [AgentOrder] { asked.withLock { $0.map(\.0) } }
    var answers: [InputAnswer] { asked.withLock { $0.compactMap(\.1) } }

    func work(on order: AgentOrder, answer: InputAnswer?) -> AgentOutcome {
        asked.withLock { $0.append((order, answer)) }
        return outcome
    }
}
