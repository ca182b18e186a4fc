public import PipelineKit
import ProcessKit

extension GitWorkspaceKeeper {
    public func layOut(_ snapshot: SnapshotID, of workspace: Workspace, in directory: String, for run: RunID)
        async throws(Failure)
    {
        try expectSnapshots(snapshot)
        try await locked(workspace.project, run) { files throws(Failure) in
            try Disk.makeDirectory(directory)
            try await Checkout(files).layOut(snapshot, in: directory)
        }
    }

    public func layOut(commit: String, of workspace: Workspace, in directory: String, for run: RunID)
        async throws(Failure)
    {
        let project = workspace.project
        guard let repository = try await UserRepository.find(from: project) else {
            throw Failure(
                .invalidInput,
                "There is no commit '\(commit.shown)', because '\(project)' is in no git repository."
            )
        }
        let tree = try await repository.tree(of: commit, below: Scope(project, in: repository).prefix)
        try await locked(project, run) { files throws(Failure) in
            try Disk.makeDirectory(directory)
            try Disk.remove(files.scratchIndex)
            try await repository.layOut(tree, in: directory, index: files.scratchIndex)
        }
    }
}

extension UserRepository {
    /// The tree of a directory in a commit.
    ///
    /// - Parameter prefix: The directory, with a `/` at its end; empty for the top.
    fileprivate func tree(of commit: String, below prefix: String) async throws(Failure) -> String {
        // git takes what begins with a dash for an option; no commit has such a name.
        guard !commit.isEmpty, !commit.hasPrefix("-"), !commit.utf8.contains(0),
            let found = try await id(of: "\(commit)^{commit}")
        else { throw Failure(.invalidInput, "There is no commit '\(commit.shown)' in the repository '\(top)'.") }
        guard let tree = try await id(of: "\(found):\(prefix.dropLast())") else {
            throw Failure(.invalidInput, "The commit '\(commit.shown)' has no directory '\(prefix.dropLast())'.")
        }
        return tree
    }

    private func id(of name: String) async throws(Failure) -> String? {
        let asked = try await attempt(["rev-parse", "--quiet", "--verify", name])
        return asked.status == 0 ? asked.output.text.trimmed : nil
    }

    /// Writes the files of a tree as the person's own checkout would, with an index of ours.
    fileprivate func layOut(_ tree: String, in directory: String, index: String) async throws(Failure) {
        let words = ["read-tree", "--reset", "-u", tree]
        let places = ["GIT_DIR": common, "GIT_WORK_TREE": directory, "GIT_INDEX_FILE": index]
        let finished = try await attempt(words, in: directory, environment: places)
        guard finished.status == 0 else { throw PrivateRepository.failure(words, finished) }
    }
}
