import PipelineKit

/// What stands at the front of every request of a run, and who is asked.
///
/// Nearly every turn has the same, so a ``LiveRun`` keeps it: schemas are neither described nor digested anew.
struct Briefing: Sendable {
    let model: ModelName
    let provider: any Provider
    let price: Price?
    /// Tokens that a request may have together with its reply; `nil` when nobody knows.
    let window: Int?
    let system: String
    let tools: [ToolSpecification]
    /// Of the system prompt and the tools, in UTF-8.
    let bytes: Int
    /// SHA-256 over the canonical JSON (RFC 8785) of model, system prompt and tools.
    let digest: Digest
    private let isPlanning: Bool
    private let gate: HumanPolicy.Moment
    private let instructions: String
    private let workspace: Workspace?

    /// - Throws: ``Failure/Kind/missing`` when the pipeline names no model, or a module that is not there.
    init(_ state: RunState, _ registry: Registry) throws(Failure) {
        guard let pipeline = state.pipeline, let model = state.model else {
            throw Failure(.missing, "The pipeline names no model. Add 'model: provider/name', or give --model.")
        }
        self.model = model
        isPlanning = state.isPlanning
        gate = pipeline.human.gate
        instructions = pipeline.instructions
        workspace = state.workspace
        tools = try Self.tools(pipeline, registry, isPlanning: state.isPlanning)
        provider = try registry.provider(of: model, in: pipeline)
        system = Self.system(pipeline, registry, state.workspace, isConfined: provider.worksConfined)
        price = registry.price(of: model, in: pipeline, asked: provider)
        window = provider.window(of: model.model)
        bytes = system.utf8.count + tools.reduce(0) { $0 + $1.bytes }
        digest = Digest(of: Self.json(model, system, tools).encoded(.canonical))
    }

    /// Whether it is the one for the next request too: an approved plan brings the tools that write, and a person may
    /// set another model.
    func holds(for state: RunState) -> Bool {
        state.isPlanning == isPlanning && state.workspace == workspace && state.model == model
            && state.pipeline?.human.gate == gate && state.pipeline?.instructions == instructions
    }

    private static func json(_ model: ModelName, _ system: String, _ tools: [ToolSpecification]) -> JSONValue {
        ["model": .string(model.model), "system": .string(system), "tools": .array(tools.map(\.json))]
    }

    private static func tools(
        _ pipeline: Pipeline,
        _ registry: Registry,
        isPlanning: Bool
    ) throws(Failure) -> [ToolSpecification] {
        var tools: [ToolSpecification] = []
        for name in pipeline.tools.offered(among: registry.toolNames) {
            let tool = try registry.tool(ModuleID(name))
            let isUsable = !isPlanning || tool.reach.isSubset(of: [.reads])
            let isOffered = tools.contains { $0.name == tool.id.value }
            guard isUsable, !isOffered, !pipeline.tools.isDenied(tool.names) else { continue }
            tools.append(tool.specification)
        }
        return tools
    }

    /// Who the model is and what it works for; the same at every turn, so that a service may cache it.
    private static func system(
        _ pipeline: Pipeline,
        _ registry: Registry,
        _ workspace: Workspace?,
        isConfined: Bool
    ) -> String {
        let parts = [
            """
            You are a software engineer. You work in the directory \(workspace?.path ?? "."), and only there. Paths \
            are relative to it. You have tools; use them to look before you change anything, and change as little as \
            it takes.
            """,
            pipeline.goal.map { goal($0, registry) } ?? "",
            isConfined ? walls(pipeline.workspace, workspace) : "",
            pipeline.goal == nil ? end : endWithGoal,
            outputs(pipeline),
            pipeline.human.gate == .plan ? plan : "",
            pipeline.description,
            pipeline.instructions,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What a command in a sandbox would otherwise find out by failing.
    private static func walls(_ policy: WorkspacePolicy, _ workspace: Workspace?) -> String {
        guard workspace?.sandbox?.isConfined == true else { return "" }
        let network =
            switch policy.network {
            case .deny: "There is no network."
            case .hosts(let hosts):
                "Only these hosts can be reached, by HTTP: \(hosts.map(\.description).joined(separator: ", "))."
            case .allow: ""
            }
        return """
            Commands run in a sandbox: they can change the working directory but not its .git, /tmp, and an empty home \
            directory. \(network)
            """.trimmed
    }

    private static let endWithGoal = """
        When you believe that the goal holds, stop calling tools and say in a sentence or two what you did. The \
        goal is judged then. If it does not hold you are told why, and go on.
        """

    private static let end =
        "When it is done, stop calling tools and say in a few sentences what came of it: others go on with that."

    private static func outputs(_ pipeline: Pipeline) -> String {
        let outputs = (pipeline.outputs ?? [:]).sorted { $0.key < $1.key }.map { name, output in
            "- \(name) (\(output.type.rawValue))\(output.help.isEmpty ? "" : ": \(output.help)")"
        }
        guard !outputs.isEmpty else { return "" }
        return "Before you stop, hand on with '\(Step.outputTool)':\n\(outputs.joined(separator: "\n"))"
    }

    private static let best =
        "Its score is to be as high as it can be. Each iteration is another try, and the files that scored most are kept."

    private static let heldOut =
        "It is also judged with files that you do not have. Do what is asked for in general, and not for the files you see."

    private static let plan =
        "First give a plan, without changing anything: look, then stop and say what you will do. A person reads it."

    private static func goal(_ goal: Goal, _ registry: Registry) -> String {
        let gates = goal.judge.gates(at: FieldPath()).map { gate in
            let settings = gate.settings.members.isEmpty ? "" : " with \(gate.settings.jsonText)"
            return "- \(gate.id)\(settings): \(registry.gates[gate.id]?.summary ?? "")"
        }
        let parts = [
            "The goal, judged by a program and not by you:\n\(gates.joined(separator: "\n"))", files(goal, registry),
            goal.judge.seeksBest ? best : "", goal.holdout.isEmpty ? "" : heldOut,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func files(_ goal: Goal, _ registry: Registry) -> String {
        guard let policy = try? GoalJudge.policy(for: goal, registry) else { return "" }
        if let editable = policy.editable {
            return "Only changes of these files count: \(editable.joined(separator: ", "))."
        }
        let protected = policy.protect + policy.sections.map { "the '\($0.word)' part of \($0.file)" }
        return protected.isEmpty ? "" : "Changes of these files do not count: \(protected.joined(separator: ", "))."
    }
}

extension ToolSpecification {
    fileprivate var bytes: Int { name.utf8.count + summary.utf8.count + arguments.jsonText.utf8.count }

    fileprivate var json: JSONValue {
        ["name": .string(name), "summary": .string(summary), "arguments": arguments]
    }
}
