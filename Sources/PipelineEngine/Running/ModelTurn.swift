public import PipelineKit

/// From a run's state to what the model is asked; a pure function.
public enum ModelTurn {
    /// The next request of a run.
    ///
    /// - Throws: ``Failure/Kind/missing`` when the pipeline names no model, or a tool that is not there.
    public static func request(_ state: RunState, _ registry: Registry) throws(Failure) -> ModelRequest {
        guard let pipeline = state.pipeline, let model = pipeline.model else {
            throw Failure(.missing, "The pipeline names no model. Add 'model: provider/name', or give --model.")
        }
        var tools: [ToolSpecification] = []
        for name in pipeline.tools.offered {
            let tool = try registry.tool(ModuleID(name))
            let isUsable = !state.isPlanning || tool.reach.isSubset(of: [.reads])
            let isOffered = tools.contains { $0.name == tool.id.value }
            guard isUsable, !isOffered, pipeline.tools.rule(for: tool.names) != .deny else { continue }
            tools.append(tool.specification)
        }
        return ModelRequest(
            model: model.model,
            system: system(pipeline, registry, state.workspace),
            messages: state.messages,
            tools: tools,
            maximumOutput: state.limits.reply.tokens
        )
    }

    /// What stands at the front of every request of a run, unchanged, so that a service may cache it.
    private static func system(_ pipeline: Pipeline, _ registry: Registry, _ workspace: Workspace?) -> String {
        let parts = [
            """
            You are a software engineer. You work in the directory \(workspace?.path ?? "."), and only there. Paths \
            are relative to it. You have tools; use them to look before you change anything, and change as little as \
            it takes.
            """,
            "The goal, judged by a program and not by you:\n\(goal(pipeline.goal, registry))",
            files(pipeline.goal, registry),
            """
            When you believe that the goal holds, stop calling tools and say in a sentence or two what you did. The \
            goal is judged then. If it does not hold you are told why, and go on.
            """,
            pipeline.human.gate == .plan ? plan : "",
            pipeline.description,
            pipeline.instructions,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static let plan =
        "First give a plan, without changing anything: look, then stop and say what you will do. A person reads it."

    private static func goal(_ goal: Goal, _ registry: Registry) -> String {
        goal.judge.gates(at: FieldPath()).map { gate in
            let settings = gate.settings.members.isEmpty ? "" : " with \(gate.settings.jsonText)"
            return "- \(gate.id)\(settings): \(registry.gates[gate.id]?.summary ?? "")"
        }.joined(separator: "\n")
    }

    private static func files(_ goal: Goal, _ registry: Registry) -> String {
        guard let policy = try? GoalJudge.policy(for: goal, registry) else { return "" }
        if let editable = policy.editable {
            return "Only changes of these files count: \(editable.joined(separator: ", "))."
        }
        let protected = policy.protect + policy.sections.map { "the '\($0.word)' part of \($0.file)" }
        return protected.isEmpty ? "" : "Changes of these files do not count: \(protected.joined(separator: ", "))."
    }

    /// What a call may use at most: every byte of the request counts as a token, as no token is shorter.
    static func worstCase(_ request: ModelRequest, _ price: Price?) -> Spending {
        let input = request.bytes
        let usage = Usage(input: input, output: request.maximumOutput)
        return Spending(tokens: usage.total, cost: price.map { max($0.cost(of: usage), $0.cached.forTokens(input)) })
    }

    /// The digest of a request, to tell whether two are the same: SHA-256 over its canonical JSON (RFC 8785).
    static func digest(_ request: ModelRequest) -> Digest { Digest(of: request.json.encoded(.canonical)) }
}

extension ModelRequest {
    fileprivate var bytes: Int {
        let texts = messages.map { message in
            switch message {
            case .user(let text): text.utf8.count
            case .assistant(let text, let calls):
                text.utf8.count + calls.reduce(0) { $0 + $1.tool.utf8.count + $1.arguments.utf8.count }
            case .tool(_, let name, let text, _): name.utf8.count + text.utf8.count
            }
        }
        let schemas = tools.map { $0.name.utf8.count + $0.summary.utf8.count + $0.arguments.jsonText.utf8.count }
        // Services frame each message and tool with a few tokens of their own.
        let frames = 16 * (messages.count + tools.count + 1)
        return system.utf8.count + texts.reduce(0, +) + schemas.reduce(0, +) + frames
    }
}

extension ModelRequest {
    fileprivate var json: JSONValue {
        [
            "model": .string(model), "system": .string(system), "messages": .array(messages.map(\.json)),
            "tools": .array(tools.map(\.json)), "maximum_output": .int(maximumOutput),
        ]
    }
}

extension Message {
    fileprivate var json: JSONValue {
        switch self {
        case .user(let text): ["role": "user", "text": .string(text)]
        case .assistant(let text, let calls):
            ["role": "assistant", "text": .string(text), "calls": .array(calls.map(\.json))]
        case .tool(let call, let name, let text, let isError):
            [
                "role": "tool", "call": .string(call.value), "name": .string(name), "text": .string(text),
                "is_error": .bool(isError),
            ]
        }
    }
}

extension ToolCall {
    fileprivate var json: JSONValue {
        ["id": .string(id.value), "tool": .string(tool), "arguments": .string(arguments)]
    }
}

extension ToolSpecification {
    fileprivate var json: JSONValue {
        ["name": .string(name), "summary": .string(summary), "arguments": arguments]
    }
}

extension Registry {
    /// - Throws: ``Failure/Kind/missing`` for a tool that is not there, with the nearest that is.
    func tool(_ id: ModuleID) throws(Failure) -> ToolFactory {
        guard let tool = tools[id] else {
            let near = Suggestion.sentence(for: id.value, among: tools.keys.map(\.value))
            throw Failure(.missing, "There is no tool '\(id)'.\(near)")
        }
        return tool
    }

    /// - Throws: ``Failure`` for a provider that is not there, or that refuses its settings.
    func provider(of model: ModelName, in pipeline: Pipeline) throws(Failure) -> any Provider {
        try provider(of: model, settings: pipeline.providers[model.provider.value] ?? [:])
    }

    func provider(of model: ModelName, settings: JSONValue) throws(Failure) -> any Provider {
        guard let factory = providers[model.provider] else {
            let names = providers.keys.map(\.value).sorted()
            let near = Suggestion.sentence(for: model.provider.value, among: names)
            let all = names.joined(separator: ", ")
            throw Failure(.missing, "There is no model provider '\(model.provider)'.\(near) There are: \(all).")
        }
        do throws(FieldProblems) {
            return try factory.make(settings)
        } catch {
            throw error.failure
        }
    }
}
