import PipelineEngine
import PipelineKit

extension Services {
    /// The real engine over a store, with workspaces that do nothing, as does the network unless there is one.
    ///
    /// - Parameters:
    ///   - place: Absolute path of a private directory.
    ///   - roots: What clients of a server may name.
    static func idle(
        _ modules: Registry,
        over store: any EventStore,
        in place: String,
        roots: [String] = [],
        by transport: any HTTPTransport = NoNetwork()
    ) -> Services {
        Services(
            EngineParts(
                registry: modules,
                store: store,
                workspaces: NoFiles(),
                transport: transport,
                secrets: { _ in nil },
                scratch: "\(place)/scratch",
                version: Version.number,
                roots: roots
            )
        )
    }
}

/// Workspaces without a file, each named after its run.
struct NoFiles: WorkspaceKeeper {
    func open(_ order: WorkspaceOrder, for run: RunID) -> OpenedWorkspace {
        OpenedWorkspace(Workspace(path: "\(order.project)/\(run)", project: order.project), start: "start")
    }
    func snapshot(_ workspace: Workspace, of run: RunID) -> SnapshotID { "same" }
    func judgedPlace(of workspace: Workspace, for run: RunID) -> String? { nil }
    func rebuild(
        _ workspace: Workspace,
        from start: SnapshotID,
        with current: SnapshotID,
        under policy: EditPolicy,
        of run: RunID
    ) -> RebuiltTree { RebuiltTree(path: workspace.path, refused: []) }
    func diff(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> String { "" }
    func changes(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> [FileChange] { [] }
    func restore(_ snapshot: SnapshotID, into workspace: Workspace, of run: RunID) {}
    func removeDrafts(in workspace: Workspace) {}
    func discard(_ workspace: Workspace, of run: RunID) {}
    func pin(_ snapshots: [SnapshotID], of project: String, for run: RunID) -> WorkspaceHold { WorkspaceHold(run) }
    func deliver(_ delivery: Delivery) -> Delivered { Delivered(changes: []) }
    func kept() -> [KeptFiles] { [] }
    func name(of run: RunID) -> String { run.value }
    func size(of kept: KeptFiles) -> Int { 0 }
    func remove(_ kept: KeptFiles, if isForgotten: @Sendable () async -> Bool) -> Bool { false }
}

struct NoNetwork: HTTPTransport {
    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        throw Failure(.unavailable, "There is no network here.")
    }
}

/// A goal that never holds.
struct NeverGate: Gate {
    static let id: ModuleID = "never"
    static let summary = "Says no."
    init(settings: NoFields) throws(Failure) {}
    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict { .failed("No.") }
}
