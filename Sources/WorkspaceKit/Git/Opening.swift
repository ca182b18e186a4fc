import PipelineKit

/// Makes the place that a run works in.
struct Opening: Sendable {
    private let files: RunFiles
    private let owner: String

    init(_ files: RunFiles, owner: String) {
        self.files = files
        self.owner = owner
    }

    /// - Parameter project: The directory that was named, without links.
    /// - Returns: where the work is done, and how it begins.
    func open(_ order: WorkspaceOrder, at project: String) async throws(Failure) -> (Scope, SnapshotID) {
        guard let fork = order.fork else {
            let repository = try await UserRepository.find(from: project)
            try RunNote(project: project, common: repository?.common ?? "", owner: owner).write(to: files.note)
            if order.dirty == .refuse { try await repository?.expectCommitted(project) }
            let scope = try await scope(project, repository, order.isolation)
            return (scope, try await Snapshotter(files).take(scope))
        }
        guard order.isolation != .none else {
            throw Failure(.invalidInput, "A fork has files of its own; use 'isolation: copy' or 'isolation: worktree'.")
        }
        // Where the other run worked is what no snapshot holds; when that is gone, there is still the project.
        let directory = Disk.realPath(fork.directory).flatMap { Disk.isDirectory($0) ? $0 : nil } ?? project
        let repository = try await UserRepository.find(from: directory)
        try RunNote(project: project, common: repository?.common ?? "", owner: owner).write(to: files.note)
        let scope = try await scope(directory, repository, order.isolation)
        let current = try await Snapshotter(files).take(scope)
        try await Checkout(files).restore(fork.snapshot, over: current, in: scope.directory)
        return (scope, fork.snapshot)
    }

    private func scope(
        _ directory: String,
        _ repository: UserRepository?,
        _ isolation: WorkspacePolicy.Isolation
    ) async throws(Failure) -> Scope {
        switch isolation {
        case .none: repository.map { Scope(directory, in: $0) } ?? Scope(directory: directory)
        case .worktree: try await Worktrees(files: files).add(directory, of: repository)
        case .copy: try await Copies(files: files).add(directory, of: repository)
        }
    }
}
