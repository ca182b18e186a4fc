import FoundationEssentials
public import PipelineKit
import ProcessKit
import Synchronization

/// Puts up walls with bubblewrap.
///
/// Below the state directory stand `rooms/RUN/tmp` and `rooms/RUN/home`, which commands of a run see as `/tmp` and as
/// their home from its start to its end, and in `rooms/RUN/judge` and `rooms/RUN/base` the same two for each of its gates,
/// until its walls are taken down: gates judge side by side.
public struct WorkspaceSandboxes: SandboxKeeper {
    private let state: String
    private let hidden: [String]
    public let least: WorkspacePolicy.Sandbox
    private let trial = Trial()

    /// - Parameters:
    ///   - state: Absolute path of the directory for all of this; made when it is first needed.
    ///   - hidden: Absolute paths that no command may see wherever they are: the database, keys.
    ///   - least: What runs have whatever their pipelines say.
    public init(state: String, hidden: [String] = [], least: WorkspacePolicy.Sandbox = .off) {
        self.state = state
        self.hidden = hidden
        self.least = least
    }

    /// What worked once is not tried again by this process: were it taken away, the next command would say so.
    public func check() async throws(Failure) {
        guard !trial.hasWorked.withLock(\.self) else { return }
        // A name that no run has, so that what a crash leaves of it is cleared away.
        let place = "\(state)/rooms/check.\(UInt32.random(in: 0 ... .max))"
        let walls = Confinement(temporary: "\(place)/tmp", home: "\(place)/home")
        defer {
            Sandbox.close(walls)
            try? Disk.remove(place)
        }
        try make(walls)
        try await Sandbox.check(walls)
        trial.hasWorked.withLock { $0 = true }
    }

    public func walls(
        for run: RunID,
        _ workspace: Workspace,
        _ policy: WorkspacePolicy,
        _ tenant: SandboxTenant
    ) async throws(Failure) -> Confinement {
        var walls = try await walls(for: run, workspace, tenant)
        walls.readable += policy.readable.map(Self.expanded)
        walls.writable += policy.writable.map(Self.expanded)
        let shown = walls.writable + walls.readable
        // What the goal holds out is still there for whoever may read the project.
        let project = workspace.heldOut == nil ? [] : [workspace.project]
        walls.hidden = ([state] + hidden + project + Self.keys.map(Self.expanded)).filter { path in
            shown.contains { path.isBelow($0) || path == $0 }
        }
        walls.network = Confinement.Network(policy.network)
        walls.limits = policy.commands
        try make(walls)
        return walls
    }

    private func walls(for run: RunID, _ workspace: Workspace, _ tenant: SandboxTenant) async throws(Failure)
        -> Confinement
    {
        let place = place(of: run)
        let installed = ProjectTools.paths(of: workspace.project)
        switch tenant {
        case .calls:
            let repository = try await GitPlaces.paths(of: workspace.path)
            var walls = Confinement(
                writable: [workspace.path],
                readable: installed + repository,
                temporary: "\(place)/tmp",
                home: "\(place)/home"
            )
            walls.standIns = try await GitSettings.standIns(in: repository, at: "\(place)/git")
            return walls
        case .judge(let tree, let scratch):
            return gateWalls(around: [tree, scratch], installed, at: "\(place)/\(Self.gateRooms[0])")
        case .base(let tree, let scratch):
            return gateWalls(around: [tree, scratch], installed, at: "\(place)/\(Self.gateRooms[1])")
        }
    }

    private static let gateRooms = ["judge", "base"]

    private func gateWalls(around writable: [String], _ readable: [String], at rooms: String) -> Confinement {
        let room = "\(rooms)/\(UUID().uuidString)"
        return Confinement(
            writable: writable,
            readable: readable,
            temporary: "\(room)/tmp",
            home: "\(room)/home"
        )
    }

    public func prepare(_ walls: Confinement) { Sandbox.prepare(walls) }

    public func takeNetworkUse(of walls: Confinement) -> [NetworkUse] { Sandbox.takeNetworkUse(of: walls) }

    public func takeDown(_ walls: Confinement) {
        Sandbox.close(walls)
        // `judge/ROOM/tmp`; what the calls of a run have stays until its end.
        let rooms = walls.temporary.split(separator: "/").suffix(3).first.map(String.init) ?? ""
        guard walls.temporary.isBelow("\(state)/rooms"), Self.gateRooms.contains(rooms) else { return }
        try? Disk.remove(String(walls.temporary.dropLast("/tmp".count)))
    }

    public func discard(_ run: RunID) { try? Disk.remove(place(of: run)) }

    private func place(of run: RunID) -> String { RunFiles(state: state, project: "", run: run).room }

    private func make(_ walls: Confinement) throws(Failure) {
        try Disk.makeDirectory(walls.temporary)
        try Disk.makeDirectory(walls.home)
    }

    /// Where keys are as a rule, for a workspace that is the home directory or holds it.
    private static let keys = [
        "~/.ssh", "~/.gnupg", "~/.aws", "~/.azure", "~/.kube", "~/.docker", "~/.netrc", "~/.git-credentials",
        "~/.npmrc",
        "~/.pypirc", "~/.cargo/credentials.toml", "~/.config", "~/.password-store", "~/.bash_history", "~/.zsh_history",
    ]

    /// `~/data` as an absolute path.
    private static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return (Environment.minimal["HOME"] ?? "/") + path.dropFirst()
    }
}

/// Whether a command has run in a sandbox here.
private final class Trial: Sendable {
    let hasWorked = Mutex(false)
}

extension Confinement.Network {
    fileprivate init(_ policy: NetworkPolicy) {
        self =
            switch policy {
            case .deny: .none
            case .hosts(let hosts): .hosts(hosts)
            case .allow: .all
            }
    }
}

extension String {
    /// Whether this path lies below another.
    func isBelow(_ directory: String) -> Bool { hasPrefix(directory.hasSuffix("/") ? directory : directory + "/") }
}
