public import PipelineKit

/// What the operator of this machine says of all runs here, besides what their pipelines say.
///
/// It only narrows: what it denies is denied, what it asks about is asked, and where it lists what is allowed, everything
/// else is asked about. It never allows what a pipeline does not.
public struct OperatorPolicy: Sendable, Hashable {
    /// What needs no question as far as the operator is concerned; `nil` for everything.
    public var allow: [ToolRule]?
    public var ask: [ToolRule]
    public var deny: [ToolRule]
    /// What is asked and told besides the hooks of pipelines, and before them.
    public var hooks: Hooks?
    /// The beginning of the digest of the file: which version it is.
    public var version: String
    /// Why the file cannot be used; then everything is asked about.
    public var problem: String?

    public init(
        allow: [ToolRule]? = nil,
        ask: [ToolRule] = [],
        deny: [ToolRule] = [],
        hooks: Hooks? = nil,
        version: String = "",
        problem: String? = nil
    ) {
        self.allow = allow
        self.ask = ask
        self.deny = deny
        self.hooks = hooks
        self.version = version
        self.problem = problem
    }

    /// What holds for a call, given what its pipeline says.
    ///
    /// - Parameter isGranted: Whether a person has allowed such calls for the rest of the run.
    func rule(for call: RuledCall, _ rule: ToolPolicy.Rule, isGranted: Bool) -> ToolPolicy.Rule {
        if rule == .deny || deny.contains(where: { $0.holdsForAny(of: call) }) { return .deny }
        guard !isGranted, rule == .allow else { return rule }
        let isAsked = (ask + deny).contains { $0.holdsForAny(of: call) || $0.mayHoldUnseen(in: call) }
        return problem != nil || isAsked || allow.map { !$0.cover(call) } == true ? .ask : .allow
    }
}

/// The file of an operator's policy.
struct OperatorPolicySyntax: Fields {
    @Field(
        "Calls that need no question, where the pipeline allows them; all others are asked about. All when left out."
    )
    var allow: [ToolRule]? = nil
    @Field("Calls that a person is asked about, whatever the pipeline says.") var ask: [ToolRule] = []
    @Field("Calls that are refused, whatever the pipeline says.") var deny: [ToolRule] = []
    @Field("Programs that are asked or told at certain moments of every run.") var hooks: Hooks? = nil
    init() {}
}
