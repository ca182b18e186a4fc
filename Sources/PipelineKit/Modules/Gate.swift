/// Something that judges a workspace: may this run go on, or has it reached its goal?
public protocol Gate: Sendable {
    associatedtype Settings: Fields = NoFields

    static var id: ModuleID { get }
    /// Other names the gate answers to.
    static var aliases: [ModuleID] { get }
    static var summary: String { get }
    /// What judges the work and so may not be changed by it, unless the pipeline says otherwise.
    static var protection: EditPolicy { get }

    /// - Throws: ``Failure/Kind/invalidInput`` when the settings cannot be. Nothing but the settings is looked at.
    init(settings: Settings) throws(Failure)

    /// Judges the workspace as it stands.
    ///
    /// - Throws: ``Failure`` when no judgement could be reached. The engine treats that as not passed.
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict
}

extension Gate {
    public static var aliases: [ModuleID] { [] }
    public static var protection: EditPolicy { EditPolicy() }
}

/// What a gate may use while it judges.
public struct GateContext: Sendable {
    /// Absolute path of an empty directory outside the workspace, for reports; removed afterwards.
    public var scratch: String
    /// Takes output as it comes, for those who watch; nothing of it is recorded.
    public var progress: @Sendable (String) -> Void

    public init(scratch: String, progress: @escaping @Sendable (String) -> Void = { _ in }) {
        self.scratch = scratch
        self.progress = progress
    }
}
