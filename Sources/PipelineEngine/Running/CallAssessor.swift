import PipelineKit

/// Looks at calls before anybody decides on them: what is wrong with them, what they may touch, what the policy says.
struct CallAssessor {
    let registry: Registry
    private let modules: RunModules
    let state: RunState
    /// What the pipeline says of tools.
    let tools: ToolPolicy
    private let human: HumanPolicy
    /// Those that may be asked about a call before it.
    private let hooks: [Hook]
    /// The operator's, as it stands now; `nil` where there is none.
    let policy: OperatorPolicy?

    /// - Returns: `nil` for a run without a pipeline that can be read.
    init?(_ modules: RunModules, _ state: RunState, _ policy: PolicyFile?) {
        guard let pipeline = state.pipeline else { return nil }
        self.policy = policy?.current(for: state.workspace)
        self.modules = modules
        registry = modules.registry
        self.state = state
        tools = pipeline.tools
        human = pipeline.human
        hooks = (pipeline.hooks?.beforeCall ?? []) + (self.policy?.hooks?.beforeCall ?? [])
    }

    /// What the engine can say of calls, which are named after their turn and their place in it.
    func assess(_ calls: [ToolCall], of turn: Int) -> [AssessedCall] {
        let first = "\(turn)."
        return calls.enumerated().map { assess($1, CallID(first + String($0 + 1)), before: hooks) }
    }

    /// - Parameters:
    ///   - asking: What a hook says that has a person asked; `nil` for none.
    ///   - hooks: Those that are to be asked about calls of their tools.
    func assess(_ call: ToolCall, _ id: CallID, asking: String? = nil, before hooks: [Hook] = []) -> AssessedCall {
        guard let tool = registry.found(ModuleID(call.tool)) else {
            let near = Suggestion.sentence(for: call.tool, among: tools.offered(among: registry.toolNames))
            let unknown = ProposedCall(id: id, call: call, reach: [])
            return AssessedCall(unknown, problem: "There is no tool '\(call.tool)'.\(near)", rule: .deny, shown: nil)
        }
        let (ruled, problem) = look(at: call, tool)
        let proposed = ProposedCall(
            id: id,
            call: call,
            reach: ruled.scope.reach,
            policy: policy?.version,
            awaitsHooks: hooks.contains { $0.isFor(tool.names) }
        )
        let isGranted = asking == nil && tools.isGranted(ruled, by: state.grants)
        let own = tools.rule(for: ruled, granted: state.grants)
        let ruling = policy?.rule(for: ruled, own, isGranted: isGranted) ?? own
        let rule = asking != nil && ruling == .allow ? .ask : ruling
        let isAsked = !isGranted && human.rule(for: proposed, rule) == .ask
        return AssessedCall(
            proposed,
            problem: problem,
            rule: rule,
            isGranted: isGranted && rule == .allow,
            shown: isAsked ? CallSubject(call, state, tools).digest : nil,
            note: policy?.problem ?? (asking?.isEmpty == false ? asking : nil)
        )
    }

    /// The call as rules see it; `nil` for a tool that is not there.
    func ruled(_ call: ToolCall) -> RuledCall? {
        registry.found(ModuleID(call.tool)).map { look(at: call, $0).ruled }
    }

    /// The call as rules see it, and why it cannot be carried out, in words for the model.
    private func look(at call: ToolCall, _ tool: ToolFactory) -> (ruled: RuledCall, problem: String?) {
        let workspace = state.workspace ?? Workspace(path: "/")
        var ruled = RuledCall(
            names: tool.names,
            arguments: .null,
            scope: CallScope(tool.reach),
            directory: workspace.path
        )
        do throws(JSONError) {
            ruled.arguments = try call.readArguments()
        } catch {
            return (ruled, "The arguments of '\(call.tool)' are not JSON: \(error)")
        }
        guard let configured = try? modules.tool(tool, tools) else { return (ruled, nil) }
        do throws(FieldProblems) {
            ruled.scope = try configured.scope(ruled.arguments, workspace)
        } catch {
            return (ruled, "The arguments of '\(call.tool)' are wrong. \(error.failure.message)")
        }
        return (ruled, nil)
    }
}

extension Registry {
    /// The names of all tools, sorted.
    var toolNames: [String] { tools.values.map(\.id.value).sorted().removingRepeats() }
}

extension [String] {
    /// Without what stands twice in a row.
    fileprivate func removingRepeats() -> [String] {
        reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
