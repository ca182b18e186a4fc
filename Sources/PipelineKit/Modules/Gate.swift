/// Something that judges a workspace: may this run go on, or has it reached its goal?
public protocol Gate: Sendable {
    associatedtype Settings: Fields = NoFields

    static var id: ModuleID { get }
    /// Other names the gate answers to.
    static var aliases: [ModuleID] { get }
    static var summary: String { get }
    /// Settings, for people to see what it is for; nothing, for a gate that needs none.
    static var example: JSONValue { get }
    /// What judges the work and so may not be changed by it, unless the pipeline says otherwise.
    static var protection: EditPolicy { get }
    /// Whether it measures how long something takes, so that no other gate of a goal may run beside it.
    static var measures: Bool { get }
    /// Whether it asks models; then somebody has to be there who can be asked, before a run begins.
    static var asksModels: Bool { get }

    /// - Throws: ``Failure/Kind/invalidInput`` when the settings cannot be. Nothing but the settings is looked at.
    init(settings: Settings) throws(Failure)

    /// Whether the same files always give the same verdict: then a check that failed is not made again while nothing
    /// has been done since.
    var dependsOnFilesAlone: Bool { get }

    /// Who is asked, of a gate that asks models; `nil` for another model than those that do the work.
    var judge: ModelName? { get }

    /// Judges the workspace as it stands.
    ///
    /// - Throws: ``Failure`` when no judgement could be reached. The engine treats that as not passed.
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict
}

extension Gate {
    public static var aliases: [ModuleID] { [] }
    public static var example: JSONValue { [:] }
    public static var protection: EditPolicy { EditPolicy() }
    public static var measures: Bool { false }
    public static var asksModels: Bool { false }
    public var dependsOnFilesAlone: Bool { false }
    public var judge: ModelName? { nil }
}

/// What a gate may use while it judges.
public struct GateContext: Sendable {
    /// Takes output as it comes, for those who watch; nothing of it is recorded.
    public var progress: @Sendable (String) -> Void
    /// Asks a model, on the account of the run.
    public var ask: JudgeAsker = { _ throws(Failure) in
        throw Failure(.missing, "No model can be asked here.")
    }
    /// The cases that did not pass in the check before this one of the run, by the names that this gate gave them; none in
    /// the first check.
    public var failedBefore: [TestCase] = []
    /// The cases of an earlier check of the run in which everything was run, which tell what that costs.
    public var allBefore: [TestCase] = []
    private let madeScratch: @Sendable () throws(Failure) -> String
    private let laidBase: @Sendable (BasePoint) async throws(Failure) -> Workspace

    /// - Parameters:
    ///   - scratch: Makes the directory that ``scratch()`` hands out, the first time.
    ///   - base: Lays out what ``base(_:)`` hands out, the first time.
    public init(
        scratch: @escaping @Sendable () throws(Failure) -> String,
        progress: @escaping @Sendable (String) -> Void = { _ in },
        base: @escaping @Sendable (BasePoint) async throws(Failure) -> Workspace = GateContext.noBase
    ) {
        madeScratch = scratch
        laidBase = base
        self.progress = progress
    }

    /// Absolute path of an empty directory outside the workspace, for reports; there from the first call on, removed
    /// afterwards.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when it cannot be made.
    public func scratch() throws(Failure) -> String { try madeScratch() }

    /// What the work is compared with, in a tree of its own that is confined as the judged one is; there from the first
    /// call on, removed afterwards. A gate asks for one point only.
    ///
    /// - Throws: ``Failure/Kind/missing`` where there is nothing to compare with, ``Failure/Kind/invalidInput`` for a
    ///   commit that is not there.
    public func base(_ point: BasePoint = .start) async throws(Failure) -> Workspace { try await laidBase(point) }

    /// For who judges without a run.
    public static let noBase: @Sendable (BasePoint) async throws(Failure) -> Workspace = { _ throws(Failure) in
        throw Failure(.missing, "There is no run here, and so nothing to compare the work with.")
    }
}
