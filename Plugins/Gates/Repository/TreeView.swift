import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit
import WorkspaceKit

/// A tree beside a commit, as git sees the two with a git directory that says nothing.
///
/// A judged tree has no `.git`, and that of the project may name programs: filters, external diffs, hooks. The model may
/// have written them or attributes that ask for them, and git does not run in the sandbox. So it is given an empty git
/// directory in the scratch directory and lent the project's objects.
struct TreeView: Sendable {
    private let tree: String
    private let commit: LastCommit
    private let scratch: String
    private let timeout: Duration

    /// Bytes of a list or a patch that are read.
    private static let most = 64 << 20

    init(of tree: String, _ commit: LastCommit, scratch: String, _ timeout: Duration) async throws(Failure) {
        self.tree = tree
        self.commit = commit
        self.scratch = scratch
        self.timeout = timeout
        let format = "--object-format=\(commit.format)"
        try await git(["init", "--quiet", "--bare", "--template=", format, "\(scratch)/git"], in: scratch, [:])
        let place = commit.prefix.isEmpty ? "\(commit.name)^{tree}" : "\(commit.name):\(commit.prefix.dropLast())"
        // A project that is new in its repository has no tree there.
        let known = try await attempt(["rev-parse", "--verify", "--quiet", place], in: scratch, environment(scratch))
        let words = known.status == 0 ? [known.output.text.trimmed] : ["--empty"]
        try await git(["read-tree"] + words, in: scratch, environment(scratch))
    }

    /// What differs, in the order of the paths; what is in submodules is theirs to tell.
    func changes() async throws(Failure) -> [ChangedFile] {
        let words = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--ignore-submodules=all"]
        let environment = environment(tree)
        var files = ChangedFile.list(try await git(words + ["-z", "--raw", "--numstat"], in: tree, environment))
        let patch = try await git(words + ["-U0", "--diff-filter=M"], in: tree, environment)
        let sections = PatchPlaces(patch).sections
        let modified = files.indices.filter { files[$0].isModified }
        for (index, section) in zip(modified, sections) {
            files[index].first = section.first
            files[index].markers = section.markers
        }
        let untracked = try await untracked().map { path in
            ChangedFile(untracked: path, ReportFile.bytes(at: "\(tree)/\(path)"))
        }
        return (files + untracked).sorted { $0.path < $1.path }
    }

    private func untracked() async throws(Failure) -> [String] {
        let words = ["ls-files", "-z", "--others", "--exclude-standard"]
        let output = try await git(words, in: tree, environment(tree))
        let paths = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let ignored = try await ignoredFromAbove(paths)
        return paths.filter { !ignored.contains($0) }
    }

    /// The paths that a `.gitignore` above the project names, as the commit has it.
    private func ignoredFromAbove(_ paths: [String]) async throws(Failure) -> Set<String> {
        guard !commit.prefix.isEmpty, !paths.isEmpty else { return [] }
        let above = "\(scratch)/above"
        try Self.makeDirectory(above)
        var directory = ""
        let parents = commit.prefix.split(separator: "/").dropLast().map { "\($0)/" }
        for part in [""] + parents {
            directory += part
            try Self.makeDirectory("\(above)/\(directory)")
            let rules = try await attempt(
                ["cat-file", "blob", "\(commit.name):\(directory).gitignore"],
                in: above,
                environment(above)
            )
            if rules.status == 0 { try Self.write(rules.output.bytes, to: "\(above)/\(directory).gitignore") }
        }
        var environment = environment(above)
        // This one of git's commands takes paths and refuses to be told that they are no patterns.
        environment["GIT_LITERAL_PATHSPECS"] = "0"
        let input = paths.flatMap { path -> [UInt8] in Array((commit.prefix + path).utf8) + [0] }
        let words = ["check-ignore", "--no-index", "-z", "--stdin"]
        let asked = try await attempt(words, in: above, environment, input: input)
        let names = asked.output.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return Set(names.map { String($0.dropFirst(commit.prefix.count)) })
    }

    private func environment(_ tree: String) -> [String: String] {
        [
            "GIT_DIR": "\(scratch)/git", "GIT_WORK_TREE": tree, "GIT_OBJECT_DIRECTORY": commit.objects,
            "GIT_INDEX_FILE": "\(scratch)/git/index",
        ]
    }

    @discardableResult
    private func git(
        _ words: [String],
        in directory: String,
        _ environment: [String: String]
    ) async throws(Failure) -> [UInt8] {
        let finished = try await attempt(words, in: directory, environment)
        guard finished.status == 0 else {
            let said = finished.errors.text.suffix(500).trimmed
            throw Failure(.unavailable, "'git \(words[0])' exited with \(finished.status): \(said)")
        }
        guard !finished.output.isCut else {
            throw Failure(.unavailable, "The changes are too many: 'git \(words[0])' printed more than 64 MB.")
        }
        return finished.output.bytes
    }

    private func attempt(
        _ words: [String],
        in directory: String,
        _ environment: [String: String],
        input: [UInt8] = []
    ) async throws(Failure) -> Finished {
        let settings = ["-c", "core.bare=false", "-c", "core.excludesFile=\(commit.excludes)"]
        var command = try GitCommand.make(
            settings + words,
            in: directory,
            environment: environment,
            input: input,
            limit: OutputLimit(head: Self.most, tail: 0)
        )
        command.timeout = timeout
        return try await run(command)
    }

    private static func makeDirectory(_ path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(.unavailable, "A directory for git could not be made: \(error.systemWords).")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.unavailable, "A file for git could not be written: \(error.systemWords).")
        }
    }
}
