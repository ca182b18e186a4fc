import FoundationEssentials
import PipelineKit
import ProcessKit
import WorkspaceKit

/// The repository of a workspace, seen without its configuration.
///
/// A repository may name programs: filters, external diffs, file system monitors, hooks. The model may have written
/// them, and what runs here is not in a sandbox. So git is given a git directory of its own for each call, with the
/// repository's objects, index and current commit, and with a configuration that says nothing.
struct GitView {
    private let workspace: String
    /// Absolute path of the work tree's top.
    let top: String
    /// Absolute path of the index.
    let index: String
    private let objects: String
    private let exclude: String
    private let shallow: String
    private let format: String
    /// The commit that is checked out; `nil` before the first.
    let head: String?

    /// - Throws: ``Failure/Kind/invalidInput`` when the workspace is in no repository.
    init(_ workspace: Workspace) async throws(Failure) {
        let words = ["rev-parse", "--path-format=absolute", "--show-toplevel", "--show-object-format"]
        let paths = ["index", "objects", "info/exclude", "shallow"].flatMap { ["--git-path", $0] }
        let found = try await run(GitCommand.make(words + paths + ["HEAD"], in: workspace.path))
        let lines = found.output.text.split(separator: "\n").map(String.init)
        guard lines.count >= 6, workspace.path == lines[0] || workspace.path.hasPrefix(lines[0] + "/") else {
            throw Failure(.invalidInput, "The workspace is in no git repository.")
        }
        self.workspace = workspace.path
        (top, format, index, objects, exclude, shallow) = (lines[0], lines[1], lines[2], lines[3], lines[4], lines[5])
        head = lines.count > 6 && found.status == 0 ? lines[6] : nil
    }

    var hasCommit: Bool { head != nil }

    /// What git says.
    ///
    /// - Parameter most: Bytes; of longer output the beginning and the end are kept.
    func git(_ words: [String], most: Int) async throws(Failure) -> String {
        let limit = OutputLimit(head: most * 3 / 4, tail: most / 4)
        return try await finished(words, in: workspace, limit: limit).output.text
    }

    /// All that git says, as bytes: names of files need not be text.
    ///
    /// - Parameters:
    ///   - directory: Absolute path; the workspace by default.
    ///   - environment: Added to the variables that make the view.
    func bytes(
        of words: [String],
        in directory: String? = nil,
        environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws(Failure) -> [UInt8] {
        let limit = OutputLimit(head: GitLimits.list, tail: 0)
        let finished = try await finished(words, in: directory ?? workspace, environment, input: input, limit: limit)
        guard !finished.output.isCut else {
            throw Failure(.invalidInput, "'git \(words[0])' printed more than \(GitLimits.list) bytes.")
        }
        return finished.output.bytes
    }

    private func finished(
        _ words: [String],
        in directory: String,
        _ extra: [String: String] = [:],
        input: [UInt8] = [],
        limit: OutputLimit
    ) async throws(Failure) -> Finished {
        let place = FileManager.default.temporaryDirectory.appending(path: "sluice-git-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: place) }
        try makeGitDirectory(place)
        var environment = [
            "GIT_DIR": place, "GIT_WORK_TREE": top, "GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": objects,
        ]
        if FileManager.default.fileExists(atPath: shallow) { environment["GIT_SHALLOW_FILE"] = shallow }
        environment.merge(extra) { $1 }
        let call = ["-c", "core.excludesFile=\(exclude)"] + words
        let finished = try await run(
            GitCommand.make(call, in: directory, environment: environment, input: input, limit: limit)
        )
        guard finished.status == 0 else { throw Self.failure(words, finished) }
        return finished
    }

    static func failure(_ words: [String], _ finished: Finished) -> Failure {
        Failure(.unavailable, "'git \(words[0])' exited with \(finished.status): \(finished.errors.text.suffix(500))")
    }

    private func makeGitDirectory(_ path: String) throws(Failure) {
        let config = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = \(format)\n"
        let files = ["HEAD": head ?? "ref: refs/heads/none", "config": config]
        do {
            for name in ["refs", "objects"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
            }
            for (name, text) in files {
                try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            }
        } catch {
            throw Failure(.unavailable, "A directory for git could not be made: \(error.systemWords).")
        }
    }
}

/// Bytes of what each tool shows.
enum GitLimits {
    static let diff = 8000
    static let status = 4000
    static let log = 4000
    /// Of a list of files that is read through.
    static let list = 1 << 26
    /// Commits.
    static let commits = 100
    /// Branches, and files of a commit, that are told by name.
    static let names = 50
}
