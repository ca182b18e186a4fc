import FoundationEssentials
import PipelineKit
import ProcessKit

/// Makes a worktree of the person's repository for a run, and takes it away again.
///
/// Only the worktree's own entry is added to the repository. Its files are laid out from a snapshot and not by git's
/// checkout, so that no filter and no hook of the repository runs, and the run begins with what the person sees:
/// uncommitted changes, new files and what is staged.
///
/// Worktrees share their branches and stash. Nothing here touches them; a command the model runs may.
struct Worktrees: Sendable {
    let files: RunFiles

    /// - Parameter project: The directory that was named, which may be a part of the repository.
    /// - Returns: the scope of the matching directory in the new worktree.
    func add(_ project: String, of repository: UserRepository?) async throws(Failure) -> Scope {
        guard let repository else {
            throw Failure(
                .invalidInput,
                "'\(project)' belongs to no git repository, so it has no worktree; use 'isolation: copy' or "
                    + "'isolation: none'."
            )
        }
        guard try await repository.hasCommit() else {
            throw Failure(
                .invalidInput,
                "The repository of '\(project)' has no commit yet, and a worktree needs one; use 'isolation: copy' or "
                    + "'isolation: none'."
            )
        }
        // What a process that was killed may have left.
        try await remove(from: repository)
        let seen = try await Snapshotter(files).take(Scope(repository.top, in: repository))
        try Disk.remove(files.index)
        try Disk.makeDirectory("\(files.state)/worktrees")
        _ = try await repository.git([
            "worktree", "add", "--quiet", "--detach", "--no-checkout", files.worktree, "HEAD",
        ])
        try await copyIndex(of: repository)
        try await Checkout(files).layOut(seen, in: files.worktree)
        return try await scope(of: project, in: repository)
    }

    private func scope(of project: String, in repository: UserRepository) async throws(Failure) -> Scope {
        let path = files.worktree + project.dropFirst(repository.top.count)
        // The snapshot has no empty directories, and the project may be one.
        if !Disk.exists(path) { try Disk.makeDirectory(path) }
        guard let top = Disk.realPath(files.worktree), let directory = Disk.realPath(path) else {
            throw Failure(.unavailable, "The worktree '\(files.worktree)' was removed while it was made.")
        }
        return Scope(directory, in: UserRepository(top: top, common: repository.common))
    }

    /// What is staged in the project is staged in the worktree.
    private func copyIndex(of repository: UserRepository) async throws(Failure) {
        let entries = try await repository.git(["ls-files", "--stage", "-z"])
        let words = ["update-index", "-z", "--index-info"]
        _ = try await repository.git(words, in: files.worktree, input: entries)
    }

    /// Removes the worktree and its entry, also when one of them is gone or broken.
    func remove(from repository: UserRepository?) async throws(Failure) {
        try Disk.remove(files.worktree)
        // Unknown to git when it was never added, which is as good as removed.
        _ = try await repository?.attempt(["worktree", "remove", "--force", "--force", files.worktree])
    }
}
