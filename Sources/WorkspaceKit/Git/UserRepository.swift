import FoundationEssentials
import PipelineKit
import ProcessKit

/// The git repository a project is in, which is somebody's work and is only read; worktrees are added and removed.
struct UserRepository: Sendable {
    /// Absolute path of the work tree's top.
    let top: String
    /// Absolute path of the git directory that all worktrees share.
    let common: String

    /// Finds the repository; `nil` when the directory is in none, in a bare one, or in one that ignores it.
    ///
    /// What stands in an ignored directory (a build folder, a cache) is no part of the repository: its `.gitignore` says
    /// nothing of the files in there.
    static func find(from directory: String) async throws(Failure) -> UserRepository? {
        let words = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"]
        let finished = try await run(GitCommand.make(words, in: directory))
        // Paths with a line break in them cannot be told apart here, and are no repository.
        let lines = finished.output.text.split(separator: "\n").map(String.init)
        guard finished.status == 0, lines.count == 2 else { return nil }
        guard let top = Disk.realPath(lines[0]), directory == top || directory.hasPrefix(top + "/") else { return nil }
        let repository = UserRepository(top: top, common: lines[1])
        return try await repository.leavesOut(directory) ? nil : repository
    }

    /// Whether a directory is ignored, and nothing in it is tracked all the same.
    private func leavesOut(_ directory: String) async throws(Failure) -> Bool {
        guard directory != top else { return false }
        // This one of git's commands takes paths and refuses to be told that they are no patterns.
        let words = ["check-ignore", "--quiet", "--", directory]
        let asked = try await run(GitCommand.make(words, in: top, environment: ["GIT_LITERAL_PATHSPECS": "0"]))
        guard asked.status == 0 else { return false }
        return try await git(["ls-files", "-z", "--", directory]).isEmpty
    }

    /// Runs git on the repository, from its top.
    func git(_ arguments: [String], in directory: String? = nil, input: [UInt8] = []) async throws(Failure) -> [UInt8] {
        let finished = try await attempt(arguments, in: directory, input: input)
        guard finished.status == 0 else { throw PrivateRepository.failure(arguments, finished) }
        return finished.output.bytes
    }

    func attempt(
        _ arguments: [String],
        in directory: String? = nil,
        environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws(Failure) -> Finished {
        let limit = OutputLimit(head: 1 << 26, tail: 0)
        return try await run(
            GitCommand.make(arguments, in: directory ?? top, environment: environment, input: input, limit: limit)
        )
    }

    func hasCommit() async throws(Failure) -> Bool {
        try await attempt(["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).status == 0
    }

    /// What is tracked although a `.gitignore` names it; paths from the top, each ended by NUL.
    func trackedYetIgnored() async throws(Failure) -> [UInt8] {
        try await git(["ls-files", "-z", "--cached", "--ignored", "--exclude-standard", "--full-name"])
    }
}
