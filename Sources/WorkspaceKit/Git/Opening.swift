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
    func open(_ order: WorkspaceOrder, at project: String) async throws(Failure) -> RunRecord {
        guard let fork = order.fork else {
            let repository = try await UserRepository.find(from: project)
            try RunNote(project: project, common: repository?.common ?? "", owner: owner).write(to: files.note)
            if order.dirty == .refuse { try await repository?.expectCommitted(project) }
            if !order.heldOut.isEmpty { return try await sealed(project, repository, order) }
            let scope = try await scope(project, repository, order.isolation)
            return RunRecord(scope, start: try await Snapshotter(files).take(scope))
        }
        return try await open(fork, order, at: project)
    }

    private func open(_ fork: ForkedFiles, _ order: WorkspaceOrder, at project: String) async throws(Failure)
        -> RunRecord
    {
        guard order.isolation != .none else {
            throw Failure(.invalidInput, "A fork has files of its own; use 'isolation: copy' or 'isolation: worktree'.")
        }
        // Where the other run worked is what no snapshot holds; when that is gone, there is still the project.
        let directory = Disk.realPath(fork.directory).flatMap { Disk.isDirectory($0) ? $0 : nil } ?? project
        let repository = try await UserRepository.find(from: directory)
        try RunNote(project: project, common: repository?.common ?? "", owner: owner).write(to: files.note)
        let scope: Scope
        if fork.heldOut != nil {
            // Where the other run worked nothing is left to hold out; in the project there is.
            let patterns = directory == project ? order.heldOut : []
            scope = try await SealedPlace(files).add(directory, of: repository, without: patterns).0
        } else {
            scope = try await self.scope(directory, repository, order.isolation)
        }
        let current = try await Snapshotter(files).take(scope)
        try await Checkout(files).restore(fork.snapshot, over: current, in: scope.directory)
        return RunRecord(scope, start: fork.snapshot, heldOut: fork.heldOut)
    }

    private func sealed(_ project: String, _ repository: UserRepository?, _ order: WorkspaceOrder) async throws(Failure)
        -> RunRecord
    {
        guard order.isolation != .none else {
            throw Failure(
                .invalidInput,
                "The goal holds out files, and with 'isolation: none' they stand where the model works; use 'isolation: "
                    + "copy' or 'isolation: worktree'."
            )
        }
        let (scope, held) = try await SealedPlace(files).add(project, of: repository, without: order.heldOut)
        return RunRecord(scope, start: try await Snapshotter(files).take(scope), heldOut: held)
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
