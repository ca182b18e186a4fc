import FoundationEssentials
import PipelineKit

/// Removes what is kept for a run.
struct Disposal: Sendable {
    let files: RunFiles

    init(_ files: RunFiles) { self.files = files }

    /// The record goes last but for the snapshots: until then a second try knows what to do.
    func discard(project: String) async throws(Failure) {
        let record = RunRecord(at: files.record)
        if Disk.exists(files.worktree) || record == nil || isRegistered(record) {
            let isThere = !project.isEmpty && Disk.exists(project)
            let repository = isThere ? try await UserRepository.find(from: project) : nil
            try await Worktrees(files: files).remove(from: repository)
        }
        try Disk.remove(files.copy)
        try Disk.remove(files.clone)
        try Disk.remove(files.judged)
        try Disk.remove(files.references)
        try Disk.remove(files.directory)
        try await prune()
    }

    private func isRegistered(_ record: RunRecord?) -> Bool {
        guard let top = record?.scope.top else { return false }
        return top == files.worktree
            || top == Disk.realPath(files.state).map { $0 + files.worktree.dropFirst(files.state.count) }
    }

    /// Removes the objects that no other run's snapshots need; all of them when there is no other run.
    private func prune() async throws(Failure) {
        let runs = "\(files.project)/runs"
        guard !Disk.names(in: runs).isEmpty else { return try Disk.remove(files.project) }
        _ = try await files.repository.git(["prune", "--expire=now"])
    }
}
