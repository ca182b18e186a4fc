public import PipelineKit

/// Keeps workspaces with git: snapshots in a private repository per project, and worktrees of the person's.
///
/// Below the state directory, which only this user can enter, stand `workspaces/PROJECT/git` with the snapshots,
/// `workspaces/PROJECT/runs/RUN` with what remembers the files of a run, `worktrees/RUN`, `copies/RUN`, `clones/RUN` and
/// `judged/RUN`.
/// The project need not be a git repository; where it is one, nothing in it is changed.
///
/// A snapshot holds the files of the project that git does not ignore: by `.gitignore` files, by the repository's
/// `info/exclude` and by a short list of caches; what the person tracks is never ignored. Names, bytes, the executable
/// bit and symbolic links are kept; empty directories, other permissions and times are not.
///
/// Every verb holds a lock on its run, and clears away what a killed process left.
public struct GitWorkspaceKeeper: WorkspaceKeeper {
    let state: String

    let owner: String
    /// Told the name of each instant of a delivery as it is reached; a test may end the process there.
    let fault: @Sendable (String) -> Void

    /// - Parameters:
    ///   - state: Absolute path of the directory for all of this; made when it is first needed.
    ///   - owner: The store whose runs these are, by any name: what other stores' runs have here is never cleared away.
    ///   - fault: Told the name of each instant of a delivery as it is reached, for tests that end the process there.
    public init(state: String, owner: String = "", fault: @escaping @Sendable (String) -> Void = { _ in }) {
        self.state = state
        self.owner = owner
        self.fault = fault
    }

    public func place(for run: RunID) throws(Failure) -> String {
        try Disk.makeDirectory("\(state)/clones")
        return RunFiles(state: Disk.realPath(state) ?? state, project: "", run: run).clone
    }

    public func open(_ order: WorkspaceOrder, for run: RunID) async throws(Failure) -> OpenedWorkspace {
        if let source = order.source {
            guard try order.project == place(for: run) else {
                throw Failure(.invalidInput, "The files of run '\(run)' cannot be brought to '\(order.project)'.")
            }
            try await locked(order.project, run) { files throws(Failure) in
                try await Fetching(files: files, owner: owner).bring(source, to: order.project)
            }
        }
        guard let path = Disk.realPath(order.project), Disk.isDirectory(path) else {
            throw Failure(.missing, "The project '\(order.project)' is no directory.")
        }
        return try await locked(path, run) { files throws(Failure) in
            if let record = RunRecord(at: files.record), Disk.isDirectory(record.scope.directory) {
                return record.opened(of: path)
            }
            let record = try await Opening(files, owner: owner).open(order, at: path)
            try record.write(to: files.record)
            return record.opened(of: path)
        }
    }

    public func snapshot(_ workspace: Workspace, of run: RunID) async throws(Failure) -> SnapshotID {
        try await locked(workspace.project, run) { files throws(Failure) in
            try await Snapshotter(files).take(record(files).scope)
        }
    }

    public func judgedPlace(of workspace: Workspace, for run: RunID) throws(Failure) -> String? {
        let files = RunFiles(state: state, project: workspace.project, run: run)
        try files.makeJudged()
        return files.judged
    }

    public func rebuild(
        _ workspace: Workspace,
        from start: SnapshotID,
        with current: SnapshotID,
        under policy: EditPolicy,
        of run: RunID
    ) async throws(Failure) -> RebuiltTree {
        try expectSnapshots(start, current)
        if let added = policy.adding { try expectSnapshots(added) }
        return try await locked(workspace.project, run) { files throws(Failure) in
            let judgement = try await JudgedTree(files).compose(start, current, policy)
            try await Checkout(files).layOutJudged(judgement.tree)
            return RebuiltTree(path: files.judged, refused: judgement.refused.map(\.change))
        }
    }

    public func diff(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) async throws(Failure) -> String {
        try expectSnapshots(old, new)
        return try await looking(workspace) { files throws(Failure) in
            try await TreeDifference(files.repository, from: old, to: new).patch()
        }
    }

    public func changes(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) async throws(Failure)
        -> [FileChange]
    {
        try expectSnapshots(old, new)
        return try await looking(workspace) { files throws(Failure) in
            try await TreeDifference(files.repository, from: old, to: new).changes().map(\.change)
        }
    }

    public func restore(_ snapshot: SnapshotID, into workspace: Workspace, of run: RunID) async throws(Failure) {
        try expectSnapshots(snapshot)
        try await locked(workspace.project, run) { files throws(Failure) in
            let scope = try record(files).scope
            let current = try await Snapshotter(files).take(scope)
            try await Checkout(files).restore(snapshot, over: current, in: scope.directory)
        }
    }

    public func removeDrafts(in workspace: Workspace) async { Draft.removeAbandoned(below: workspace.path) }

    public func discard(_ workspace: Workspace, of run: RunID) async throws(Failure) {
        let files = RunFiles(state: state, project: workspace.project, run: run)
        let places = [files.project, files.worktree, files.copy, files.clone, files.judged]
        guard places.contains(where: Disk.exists) else { return }
        let lock = try await FileLock(files.lock, .exclusive, of: "The workspace of run '\(run)'")
        let alone = try await FileLock(files.projectLock, .exclusive, of: "The snapshots of '\(workspace.project)'")
        try await Disposal(files).discard(project: workspace.project)
        try Disk.remove(files.lock)
        if !Disk.exists(files.project) { try Disk.remove(files.projectLock) }
        withExtendedLifetime((lock, alone)) {}
    }
}

extension GitWorkspaceKeeper {
    /// Works on a run that nobody else works on meanwhile.
    func locked<Result: Sendable>(
        _ project: String,
        _ run: RunID,
        _ body: (RunFiles) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let files = RunFiles(state: state, project: project, run: run)
        try Disk.makeDirectory("\(state)/workspaces")
        let lock = try await FileLock(files.lock, .exclusive, of: "The workspace of run '\(run)'")
        let others = try await FileLock(files.projectLock, .shared, of: "The snapshots of '\(project)'")
        defer { withExtendedLifetime((lock, others)) {} }
        try files.repository.prepare()
        try Disk.makeDirectory(files.directory)
        // Git locks an index by a file beside it, and leaves it when it is killed. The run's lock is held here, so
        // whoever made one is gone.
        for name in Disk.names(in: files.directory) where name.hasSuffix(".lock") {
            try Disk.remove("\(files.directory)/\(name)")
        }
        return try await body(files)
    }

    /// Reads snapshots that nobody removes meanwhile.
    private func looking<Result: Sendable>(
        _ workspace: Workspace,
        _ body: (RunFiles) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let files = RunFiles(state: state, project: workspace.project, run: "")
        try Disk.makeDirectory("\(state)/workspaces")
        let others = try await FileLock(files.projectLock, .shared, of: "The snapshots of '\(workspace.project)'")
        defer { withExtendedLifetime(others) {} }
        try files.repository.prepare()
        return try await body(files)
    }

    /// A snapshot is named by the id of a tree; nothing else reaches the words of a command.
    func expectSnapshots(_ snapshots: SnapshotID...) throws(Failure) {
        for id in snapshots where ObjectID(id.value) == nil {
            throw Failure(.invalidInput, "'\(id.value.shown)' is no snapshot of a workspace.")
        }
    }

    func record(_ files: RunFiles) throws(Failure) -> RunRecord {
        guard let record = RunRecord(at: files.record) else {
            throw Failure(.missing, "Run '\(files.run)' has no workspace; it was never opened, or was discarded.")
        }
        return record
    }
}
