/// How the commands of a run are confined, as it was when the run opened its workspace.
public struct SandboxLevel: Sendable, Hashable {
    public var isConfined: Bool
    /// Why they are not; empty when they are.
    public var reason: String

    private init(_ isConfined: Bool, _ reason: String) {
        self.isConfined = isConfined
        self.reason = reason
    }

    public static let confined = SandboxLevel(true, "")
    public static func open(_ reason: String) -> SandboxLevel { SandboxLevel(false, reason) }
}

/// What the commands of a run reached, or were kept from reaching.
public struct NetworkUse: Sendable, Hashable {
    public var host: String
    public var port: Int
    public var isAllowed: Bool
    /// How often.
    public var times: Int

    public init(host: String, port: Int, isAllowed: Bool, times: Int = 1) {
        self.host = host
        self.port = port
        self.isAllowed = isAllowed
        self.times = times
    }
}

/// For whom walls are put up.
public enum SandboxTenant: Sendable, Hashable {
    /// The commands of the model's calls.
    case calls
    /// A gate, which shares nothing with those it judges, in a directory of its own.
    case judge(tree: String, scratch: String)
    /// A gate in what it compares the work with; the work it judges sees nothing of that.
    case base(tree: String, scratch: String)
}

/// Puts up walls around the commands of runs.
public protocol SandboxKeeper: Sendable {
    /// The least that runs of this machine have, whatever their pipelines say.
    var least: WorkspacePolicy.Sandbox { get }

    /// Tries for real whether commands can be confined here.
    ///
    /// - Throws: ``Failure`` with what is missing, and what to do.
    func check() async throws(Failure)

    /// What confines commands of a run; the directories it names are there.
    ///
    /// The same run, workspace, policy and tenant have the same walls.
    func walls(for run: RunID, _ workspace: Workspace, _ policy: WorkspacePolicy, _ tenant: SandboxTenant)
        async throws(Failure) -> Confinement

    /// Begins with what the first command inside of walls would wait for, and returns at once; what goes wrong with it is
    /// told to that command.
    func prepare(_ walls: Confinement)

    /// What was reached inside of walls, or refused, since this was last asked.
    func takeNetworkUse(of walls: Confinement) -> [NetworkUse]

    /// Takes walls down; who is inside may finish.
    func takeDown(_ walls: Confinement) async

    /// Removes what commands of a run left in the places that only they see.
    func discard(_ run: RunID) async
}

extension SandboxKeeper {
    public var least: WorkspacePolicy.Sandbox { .off }
    public func prepare(_ walls: Confinement) {}

    /// What is asked of a sandbox for a run: what its pipeline says, or more.
    ///
    /// What a goal holds out is still in the project, where commands without a sandbox could read it.
    public func asked(_ pipeline: Pipeline) -> WorkspacePolicy.Sandbox {
        pipeline.goal?.holdout.isEmpty == false ? .required : max(pipeline.workspace.sandbox, least)
    }
}
