import FoundationEssentials
public import PipelineKit

/// Workspaces without isolation, whose one file is ``out``.
public struct PlainWorkspaces: WorkspaceKeeper {
    private let look: @Sendable () throws(Failure) -> Void
    private let opened: @Sendable (inout OpenedWorkspace, WorkspaceOrder) -> Void
    private let rebuilt: @Sendable (Workspace, EditPolicy) throws(Failure) -> Void
    private let restored: @Sendable (SnapshotID, Workspace) -> Void
    private let places: String

    /// - Parameters:
    ///   - places: Where projects stand that are there for one run alone; `nil` for among the temporary files.
    ///   - look: Called before each snapshot; what it throws keeps the snapshot from being taken.
    ///   - opened: May change how a workspace starts.
    ///   - rebuilt: Called when a goal is to be judged there; what it throws keeps it from being judged.
    ///   - restored: Called to set files back.
    public init(
        places: String? = nil,
        look: @escaping @Sendable () throws(Failure) -> Void = { () throws(Failure) in },
        opened: @escaping @Sendable (inout OpenedWorkspace, WorkspaceOrder) -> Void = { _, _ in },
        rebuilt: @escaping @Sendable (Workspace, EditPolicy) throws(Failure) -> Void = { _, _ throws(Failure) in },
        restored: @escaping @Sendable (SnapshotID, Workspace) -> Void = { _, _ in }
    ) {
        self.places = places ?? FileManager.default.temporaryDirectory.path
        self.look = look
        self.opened = opened
        self.rebuilt = rebuilt
        self.restored = restored
    }

    public func place(for run: RunID) -> String { "\(places)/place-\(run.value)" }
    public func open(_ order: WorkspaceOrder, for run: RunID) -> OpenedWorkspace {
        if order.source != nil {
            try? FileManager.default.createDirectory(atPath: order.project, withIntermediateDirectories: true)
        }
        var workspace = OpenedWorkspace(Workspace(path: order.project), start: order.fork?.snapshot ?? "start")
        opened(&workspace, order)
        return workspace
    }
    public func snapshot(_ workspace: Workspace, of run: RunID) throws(Failure) -> SnapshotID {
        try look()
        let text = (try? String(contentsOfFile: "\(workspace.path)/out", encoding: .utf8)) ?? ""
        return SnapshotID("snapshot-of-\(text.isEmpty ? "nothing" : text)")
    }
    public func judgedPlace(of workspace: Workspace, for run: RunID) -> String? { workspace.path }
    public func rebuild(
        _ workspace: Workspace,
        from start: SnapshotID,
        with current: SnapshotID,
        under policy: EditPolicy,
        of run: RunID
    ) throws(Failure) -> RebuiltTree {
        try rebuilt(workspace, policy)
        return RebuiltTree(path: workspace.path, refused: [])
    }
    /// A directory whose ``out`` names the snapshot.
    public func layOut(_ snapshot: SnapshotID, of workspace: Workspace, in directory: String, for run: RunID)
        throws(Failure)
    {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try snapshot.value.write(toFile: "\(directory)/out", atomically: false, encoding: .utf8)
        } catch {
            throw Failure(.unavailable, "'\(directory)' cannot be made.")
        }
    }
    public func diff(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> String {
        "-\(old)\n+\(new)\n"
    }
    public func changes(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) -> [FileChange] {
        old == new ? [] : [FileChange(.modified, "out")]
    }
    public func restore(_ snapshot: SnapshotID, into workspace: Workspace, of run: RunID) {
        restored(snapshot, workspace)
    }
    public func removeDrafts(in workspace: Workspace) {}
    public func discard(_ workspace: Workspace, of run: RunID) {}
    public func pin(_ snapshots: [SnapshotID], of project: String, for run: RunID) -> WorkspaceHold {
        WorkspaceHold(snapshots)
    }
    public func deliver(_ delivery: Delivery) -> Delivered { Delivered(changes: [FileChange(.modified, "out")]) }
    public func kept() -> [KeptFiles] { [] }
    public func name(of run: RunID) -> String { run.value }
    public func size(of kept: KeptFiles) -> Int { 0 }
    public func remove(_ kept: KeptFiles, if isForgotten: @Sendable () async -> Bool) -> Bool { false }
}
