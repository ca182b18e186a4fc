public import PipelineKit
import ProcessKit

extension GitWorkspaceKeeper {
    public func pin(_ snapshots: [SnapshotID], of project: String, for run: RunID) async throws(Failure)
        -> WorkspaceHold
    {
        for snapshot in snapshots { try expectSnapshots(snapshot) }
        let project = Disk.realPath(project) ?? project
        let files = RunFiles(state: state, project: project, run: run)
        try Disk.makeDirectory("\(state)/workspaces")
        let lock = try await FileLock(files.lock, .exclusive, of: "The workspace of run '\(run)'")
        let others = try await FileLock(files.projectLock, .shared, of: "The snapshots of '\(project)'")
        try files.repository.prepare()
        let known = try LooseTrees(files.repository)
        for snapshot in snapshots where try await !known.holds(snapshot) {
            throw Failure(.missing, "Snapshot '\(snapshot)' of '\(project)' is gone, so no run can begin there.")
        }
        try Disk.makeDirectory(files.directory)
        try RunNote(project: project, common: "", owner: owner).write(to: files.note)
        try Disk.makeDirectory(files.references)
        for snapshot in Set(snapshots) {
            try Disk.write(Array("\(snapshot)\n".utf8), to: "\(files.references)/\(snapshot)")
        }
        return WorkspaceHold([lock, others])
    }

    public func name(of run: RunID) -> String { RunFiles(state: state, project: "", run: run).name }

    public func kept() async throws(Failure) -> [KeptFiles] { StateDirectory(path: state).kept(by: owner) }

    public func size(of kept: KeptFiles) async -> Int { kept.places.reduce(0) { $0 + Disk.bytes(of: $1) } }

    public func remove(_ kept: KeptFiles, if isForgotten: @Sendable () async -> Bool) async throws(Failure) -> Bool {
        let directory = StateDirectory(path: state)
        if let key = directory.sharedKey(kept.name) { return try removeShared(key) }
        var locks: [FileLock] = []
        let all = directory.keys(of: kept.name).map { RunFiles(state: state, key: $0, name: kept.name) }
        for files in all {
            guard let lock = try FileLock(ifFree: files.lock), let alone = try FileLock(ifFree: files.projectLock)
            else {
                return false
            }
            locks += [lock, alone]
        }
        defer { withExtendedLifetime(locks) {} }
        // Whoever was about to tell the store of the run has done so by now, or is gone.
        guard await isForgotten() else { return false }
        for files in all {
            try await Disposal(files).discard(project: RunNote(at: files.note)?.project ?? "")
            try Disk.remove(files.lock)
            if !Disk.exists(files.project) { try Disk.remove(files.projectLock) }
        }
        let rest = RunFiles(state: state, key: "", name: kept.name)
        for path in [rest.worktree, rest.copy, rest.clone, rest.judged, rest.room] { try Disk.remove(path) }
        return true
    }

    /// Removes what the runs of a project shared, when there is none left.
    private func removeShared(_ key: String) throws(Failure) -> Bool {
        let files = RunFiles(state: state, key: key, name: "")
        guard let alone = try FileLock(ifFree: files.projectLock) else { return false }
        defer { withExtendedLifetime(alone) {} }
        guard Disk.names(in: "\(files.project)/runs").isEmpty else { return false }
        try Disk.remove(files.project)
        try Disk.remove(files.projectLock)
        return true
    }
}

/// Tells whether a snapshot is there.
private struct LooseTrees {
    let repository: PrivateRepository
    private let objects: LooseObjects?

    init(_ repository: PrivateRepository) throws(Failure) {
        self.repository = repository
        objects = try? LooseObjects(repository.objects)
    }

    func holds(_ snapshot: SnapshotID) async throws(Failure) -> Bool {
        if let id = ObjectID(snapshot.value), objects?.holds(id) == true { return true }
        return try await repository.attempt(["cat-file", "-e", snapshot.value]).status == 0
    }
}
