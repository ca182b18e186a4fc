/// What is to be brought from a run's workspace to the project.
public struct Delivery: Sendable, Hashable {
    /// Where it goes.
    public enum Target: Sendable, Hashable {
        /// Onto the working tree; nothing is staged or committed.
        case files
        /// As a commit on the current branch, and onto the working tree.
        case commit(message: String)
        /// As a commit on a new branch; the working tree stays as it is.
        case branch(String, message: String)
    }

    public var run: RunID
    /// Absolute path of the directory the person named.
    public var project: String
    /// What the changes are counted from.
    public var from: SnapshotID
    public var to: SnapshotID
    public var target: Target
    /// Patterns of files that stay as they are in the project.
    public var leavingOut: [String]

    public init(
        of run: RunID,
        to project: String,
        from: SnapshotID,
        to: SnapshotID,
        as target: Target,
        leavingOut: [String] = []
    ) {
        self.run = run
        self.project = project
        self.from = from
        self.to = to
        self.target = target
        self.leavingOut = leavingOut
    }
}

/// What came of a delivery.
public struct Delivered: Sendable, Hashable {
    /// What is different in the project now; nothing when all of it was there already.
    public var changes: [FileChange]
    /// Those files that had changed in the project too, so that both changes are in them now.
    public var merged: [String]
    /// The name of the commit, where there is one.
    public var commit: String?

    public init(changes: [FileChange], merged: [String] = [], commit: String? = nil) {
        self.changes = changes
        self.merged = merged
        self.commit = commit
    }
}
