import PipelineKit

/// Has an agent do a task, and tells what came of it.
struct RunAgentTool: Sendable {
    private let agents: [String: Agent]

    init(_ agents: [String: Agent]) { self.agents = agents }

    /// What an agent may do in its own right is what its pipeline says, so anything may come of a call.
    static let reach: Set<Reach> = [.reads, .writes, .runs, .network]

    var declared: DeclaredTool {
        var declared = DeclaredTool(
            "run_agent",
            "Has an agent do a task by itself, waits, and tells what came of it. \(list)",
            reach: Self.reach,
            arguments: [
                FieldSchema(name: "agent", value: .choice(names), help: "Who is to do it.", standard: nil),
                FieldSchema(
                    name: "task",
                    value: .string,
                    help:
                        "What is to be done, with all that is needed for it: the agent knows nothing of this conversation.",
                    standard: nil
                ),
            ]
        ) { [self] (arguments: JSONValue, context: ToolContext) async throws(Failure) in
            try await call(arguments, context)
        }
        declared.problems = { arguments in
            let task = arguments["task"]?.text ?? ""
            if task.trimmed.isEmpty { return [FieldProblem(FieldPath(), "Field 'task' must say what is to be done.")] }
            guard task.utf8.count > Self.mostTask else { return [] }
            return [
                FieldProblem(FieldPath(), "Field 'task' may have \(Self.mostTask) bytes, but has \(task.utf8.count).")
            ]
        }
        return declared
    }

    private static let mostTask = 32_000

    private var names: [String] { agents.keys.sorted() }

    /// `Agents: reviewer (reads the changes), tester.`
    private var list: String {
        let all = names.map { name in
            let help = agents[name]?.help ?? ""
            return help.isEmpty ? name : "\(name) (\(help))"
        }
        return "Agents: \(all.joined(separator: "; "))."
    }

    private func call(_ arguments: JSONValue, _ context: ToolContext) async throws(Failure) -> ToolOutput {
        let name = arguments["agent"]?.text ?? ""
        guard let agent = agents[name] else { throw Failure(.missing, "There is no agent '\(name)'.") }
        let order = AgentOrder(name, agent.pipeline, task: arguments["task"]?.text ?? "")
        switch try await context.agents.work(on: order, answer: context.answer) {
        case .asks(let request): return .asking(request)
        case .ended(let report): return ToolOutput(Self.words(report, by: name), isError: !report.isAchieved)
        }
    }

    private static func words(_ report: AgentReport, by name: String) -> String {
        let end = "The agent '\(name)' (run \(report.run)) has ended: \(report.status). \(report.reason)"
        return [end, report.changes, report.words.isEmpty ? "" : "It says:\n\(report.words)"].filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }
}
