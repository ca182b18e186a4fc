/// A gate that data describes: a declaration in a pipeline.
public struct DeclaredGate: Sendable {
    public var id: ModuleID
    public var summary: String
    /// What judges the work and so may not be changed by it.
    public var protection: EditPolicy
    public var settings: [FieldSchema]
    /// Judges a workspace with settings in which nothing is wrong and nothing is left out.
    public var judge: @Sendable (JSONValue, Workspace, GateContext) async throws(Failure) -> Verdict

    public init(
        _ id: ModuleID,
        _ summary: String,
        protection: EditPolicy = EditPolicy(),
        settings: [FieldSchema] = [],
        judge: @escaping @Sendable (JSONValue, Workspace, GateContext) async throws(Failure) -> Verdict
    ) {
        self.id = id
        self.summary = summary
        self.protection = protection
        self.settings = settings
        self.judge = judge
    }
}

extension GateFactory {
    public init(_ gate: DeclaredGate) {
        self.init(id: gate.id, summary: gate.summary, protection: gate.protection, settings: gate.settings) { given in
            ConfiguredGate(gate: gate, given: .object(given))
        }
    }
}

/// A declared gate with its settings. What a gate says of itself as a type stands in its factory.
private struct ConfiguredGate: Gate {
    static let id: ModuleID = "declared"
    static let summary = "A gate that a pipeline declares."

    let gate: DeclaredGate
    let given: JSONValue

    init(gate: DeclaredGate, given: JSONValue) {
        self.gate = gate
        self.given = given
    }

    init(settings: NoFields) throws(Failure) {
        throw Failure(.invalidInput, "A gate that is declared is made from its declaration.")
    }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await gate.judge(given, workspace, context)
    }
}
