import FoundationEssentials
import PipelineKit
import ProcessKit

/// A git repository that holds snapshots and nothing else, outside the project.
///
/// It is written as gitrepository-layout(5) and gitattributes(5) describe, so that it costs no process to make and is
/// what it has to be whenever it is used.
struct PrivateRepository: Sendable {
    /// Absolute path of the git directory.
    let path: String
    /// Absolute path of the directory of objects.
    let objects: String
    private let attributes: String

    init(path: String) {
        self.path = path
        objects = "\(path)/objects"
        attributes = Self.exact
    }

    /// The same snapshots, with every file taken for binary when it is shown.
    init(showingBinary repository: PrivateRepository) {
        path = "\(repository.path)/binary"
        objects = repository.objects
        attributes = "* -diff\n"
    }

    /// Makes what is not there yet.
    func prepare() throws(Failure) {
        for directory in ["objects/info", "objects/pack", "refs/runs", "info"] {
            try Disk.makeDirectory("\(path)/\(directory)")
        }
        let files = [
            "HEAD": "ref: refs/heads/none\n", "config": Self.config, "info/attributes": attributes,
            "info/exclude": Self.exclude,
        ]
        for (name, text) in files where Disk.read("\(path)/\(name)") != Array(text.utf8) {
            try Disk.write(Array(text.utf8), to: "\(path)/\(name)")
        }
    }

    /// Timestamps are trusted as far as nobody can set them: `trustctime`. Everything that is added at once is brought
    /// to the disk at once: `batch`.
    private static let config = """
        [core]
        \trepositoryformatversion = 0
        \tbare = false
        \tautocrlf = false
        \tsafecrlf = false
        \tsymlinks = true
        \tfilemode = true
        \ttrustctime = true
        \tcheckStat = default
        \tfsyncMethod = batch
        \tuntrackedCache = false
        \tlogAllRefUpdates = false
        [index]
        \tversion = 2
        \tsparse = false
        [feature]
        \tmanyFiles = false
        """ + "\n"

    /// Files are kept byte by byte, whatever a `.gitattributes` file says; these lines win over it.
    private static let exact = "* -text !eol !crlf -ident !filter !working-tree-encoding -export-subst !diff !merge\n"

    /// What nobody wants in a snapshot, in projects that do not say so themselves.
    static let exclude = """
        __pycache__/
        *.pyc
        .venv/
        .pytest_cache/
        .mypy_cache/
        .ruff_cache/
        .tox/
        node_modules/
        .build/
        .DS_Store
        .sluice-*.tmp
        """ + "\n"

    /// Runs git on this repository.
    ///
    /// - Parameters:
    ///   - tree: The work tree, which is also the working directory; the repository itself when the call needs none.
    ///   - index: Absolute path of the index file.
    /// - Returns: standard output, all of it.
    /// - Throws: what git said, when it failed.
    func git(
        _ arguments: [String],
        tree: String? = nil,
        index: String? = nil,
        excludes: String? = nil,
        input: [UInt8] = []
    ) async throws(Failure) -> [UInt8] {
        let finished = try await attempt(arguments, tree: tree, index: index, excludes: excludes, input: input)
        guard finished.status == 0 else { throw Self.failure(arguments, finished) }
        return finished.output.bytes
    }

    /// As ``git(_:tree:index:excludes:input:)``, with the exit status for the caller to judge.
    func attempt(
        _ arguments: [String],
        tree: String? = nil,
        index: String? = nil,
        excludes: String? = nil,
        input: [UInt8] = []
    ) async throws(Failure) -> Finished {
        var environment = ["GIT_DIR": path, "GIT_WORK_TREE": tree ?? path]
        environment["GIT_OBJECT_DIRECTORY"] = objects
        environment["GIT_INDEX_FILE"] = index ?? "\(path)/no-index"
        let settings = ["-c", "core.excludesFile=\(excludes ?? "/dev/null")"]
        let finished = try await run(
            GitCommand.make(
                settings + arguments,
                in: tree ?? path,
                environment: environment,
                input: input,
                limit: OutputLimit(head: Self.limit, tail: 0)
            )
        )
        guard !finished.output.isCut else {
            throw Failure(.invalidInput, "'git \(arguments[0])' printed more than \(Self.limit) bytes.")
        }
        return finished
    }

    /// Bytes; a list of some hundred thousand paths.
    private static let limit = 1 << 26

    static func failure(_ arguments: [String], _ finished: Finished) -> Failure {
        let words = finished.errors.text.trimmed
        return Failure(.unavailable, "'git \(arguments[0])' exited with \(finished.status): \(words.suffix(2000))")
    }
}
