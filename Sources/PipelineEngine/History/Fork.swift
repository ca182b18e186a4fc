public import PipelineKit

/// The run whose history another one begins with.
public struct ForkOrigin: Sendable, Hashable {
    public var run: RunID
    /// Of the last event that both have.
    public var sequence: Int
    /// The digest of that event in the other history.
    public var digest: Digest

    public init(run: RunID, sequence: Int, digest: Digest) {
        self.run = run
        self.sequence = sequence
        self.digest = digest
    }
}

/// Where a run leaves the history it began with.
public struct ForkPoint: Sendable, Hashable {
    /// The files it goes on with.
    public var snapshot: SnapshotID
    /// Where it works from now on.
    public var isolation: WorkspacePolicy.Isolation
    public var by: String

    public init(snapshot: SnapshotID, isolation: WorkspacePolicy.Isolation, by: String) {
        self.snapshot = snapshot
        self.isolation = isolation
        self.by = by
    }
}

/// What a run changed, brought to the project.
public struct Application: Sendable, Hashable {
    public enum Target: String, Sendable, Hashable {
        case files
        case commit
        case branch
    }

    public var target: Target
    public var from: SnapshotID
    public var to: SnapshotID
    /// The name of the commit; `nil` for files alone, and when all of it was there already.
    public var commit: String?
    /// The branch that was made for it.
    public var branch: String?
    /// How many files were changed by it.
    public var files: Int
    public var by: String

    public init(
        _ target: Target,
        from: SnapshotID,
        to: SnapshotID,
        commit: String? = nil,
        branch: String? = nil,
        files: Int,
        by: String
    ) {
        self.target = target
        self.from = from
        self.to = to
        self.commit = commit
        self.branch = branch
        self.files = files
        self.by = by
    }
}

extension ForkOrigin {
    var body: JSONValue {
        ["run": .string(run.value), "sequence": .int(sequence), "digest": .string("\(digest)")]
    }

    init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let sequence = body.integer("sequence"),
            let digest = body.digest("digest")
        else { return nil }
        self.init(run: run, sequence: sequence, digest: digest)
    }
}

extension ForkPoint {
    var body: [String: JSONValue] {
        ["snapshot": .string(snapshot.value), "isolation": .string(isolation.rawValue), "by": .string(by)]
    }

    init?(_ body: EventBody) {
        guard let snapshot: SnapshotID = body.id("snapshot"), let by = body.text("by"),
            let isolation: WorkspacePolicy.Isolation = body.word("isolation")
        else { return nil }
        self.init(snapshot: snapshot, isolation: isolation, by: by)
    }
}

extension Application {
    var body: [String: JSONValue] {
        [
            "target": .string(target.rawValue), "from": .string(from.value), "to": .string(to.value),
            "files": .int(files), "by": .string(by),
        ].adding(["commit": commit.map(JSONValue.string), "branch": branch.map(JSONValue.string)])
    }

    init?(_ body: EventBody) {
        guard let target: Target = body.word("target"), let from: SnapshotID = body.id("from"),
            let to: SnapshotID = body.id("to"), let files = body.integer("files"), let by = body.text("by")
        else { return nil }
        self.init(
            target,
            from: from,
            to: to,
            commit: body.text("commit"),
            branch: body.text("branch"),
            files: files,
            by: by
        )
    }
}
