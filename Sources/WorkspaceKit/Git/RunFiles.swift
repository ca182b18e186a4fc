import PipelineKit

/// Where the state directory keeps what belongs to one run of one project.
struct RunFiles: Sendable {
    let state: String
    let run: RunID
    /// Names the project; a digest, since a path is too long for a name.
    private let key: String
    let name: String

    /// Of a project that only its key is known of.
    init(state: String, key: String, name: String) {
        self.state = state
        self.key = key
        self.name = name
        run = RunID(name)
    }

    init(state: String, project: String, run: RunID) {
        self.state = state
        self.run = run
        key = String(Self.digest(of: project).prefix(32))
        name = Self.plain(run.value)
    }

    /// Of the project, shared by its runs.
    var project: String { "\(state)/workspaces/\(key)" }
    var repository: PrivateRepository { PrivateRepository(path: "\(project)/git") }
    var projectLock: String { "\(state)/workspaces/\(key).lock" }

    /// Of the run alone.
    var directory: String { "\(project)/runs/\(name)" }
    var lock: String { "\(state)/workspaces/\(key).\(name).lock" }
    var record: String { "\(directory)/record" }
    var index: String { "\(directory)/index" }
    /// The paths that git ignored when it was last asked.
    var ignored: String { "\(directory)/ignored" }
    /// What the judged tree looked like when it was laid out; an index.
    var judgedIndex: String { "\(directory)/judged.index" }
    var scratchIndex: String { "\(directory)/scratch.index" }
    var references: String { "\(repository.path)/refs/runs/\(name)" }
    var worktree: String { "\(state)/worktrees/\(name)" }
    var copy: String { "\(state)/copies/\(name)" }
    /// A project that is there for the run alone.
    var clone: String { "\(state)/clones/\(name)" }
    /// Where its files come together, until all are there.
    var fetched: String { "\(directory)/fetched" }
    var judged: String { "\(state)/judged/\(name)" }
    /// What commands of the run see as `/tmp` and as their home.
    var room: String { "\(state)/rooms/\(name)" }
    /// Which project it is, for whoever clears away what is left of a run that no store knows.
    var note: String { "\(directory)/project" }

    /// Makes the directory of the judged tree if it is not there, whatever stands in its place.
    func makeJudged() throws(Failure) {
        if !Disk.isDirectory(judged) { try Disk.remove(judged) }
        try Disk.makeDirectory(judged)
    }

    /// The index in which the files of an embedded repository are remembered.
    func index(of embedded: String) -> String { "\(directory)/\(Self.digest(of: embedded)).index" }

    /// A name that is one component of a path and of a git reference; git-check-ref-format(1).
    private static func plain(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix("-") ? name : digest(of: name)
    }

    /// SHA-256 in hexadecimal.
    static func digest(of text: String) -> String {
        SHA256.digest(of: [Array(text.utf8)]).hexadecimal
    }
}
