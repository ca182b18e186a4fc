import PipelineKit
import ProcessKit
import WorkspaceKit

/// The commit that is checked out in a project, and where its objects are.
struct LastCommit: Sendable {
    /// As people write it: `1a2b3c4`.
    let shortName: String
    let name: String
    /// The project within its repository: empty, or with a `/` at its end.
    let prefix: String
    /// `sha1` or `sha256`.
    let format: String
    /// Absolute paths of the directory of objects, and of the repository's own list of what it ignores.
    let objects: String
    let excludes: String

    /// - Throws: ``Failure/Kind/invalidInput`` without a repository, or without a commit.
    init(of project: String, timeout: Duration) async throws(Failure) {
        let words = [
            "--path-format=absolute", "--show-object-format", "--git-path", "objects", "--git-path", "info/exclude",
            "--show-prefix",
        ]
        let found = try await Self.ask(words, project, timeout)
        let lines = found.output.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard found.status == 0, lines.count >= 4 else {
            throw Failure(.invalidInput, "The project is in no git repository, so nothing tells what changed.")
        }
        (format, objects, excludes, prefix) = (lines[0], lines[1], lines[2], lines[3])
        let commit = try await Self.ask(["--verify", "--quiet", "HEAD^{commit}"], project, timeout)
        guard commit.status == 0 else {
            throw Failure(
                .invalidInput,
                "The project has no commit yet, so nothing tells what changed. Make one first."
            )
        }
        name = commit.output.text.trimmed
        shortName = try await Self.ask(["--short", "HEAD"], project, timeout).output.text.trimmed
    }

    private static func ask(_ words: [String], _ project: String, _ timeout: Duration) async throws(Failure) -> Finished
    {
        var command = try GitCommand.make(["rev-parse"] + words, in: project)
        command.timeout = timeout
        return try await run(command)
    }
}
