/// How the place that a run works in is made.
public struct WorkspaceOrder: Sendable, Hashable {
    /// Absolute path of the directory the person named.
    public var project: String
    public var isolation: WorkspacePolicy.Isolation
    public var dirty: WorkspacePolicy.Dirty
    /// Patterns of files that stand nowhere in the place: not among its files, and not in its git.
    public var heldOut: [String]
    /// What a fork begins with; `nil` for the project as it is.
    public var fork: ForkedFiles?
    /// Where the files of the project come from, when it is there for this run alone; `nil` for one that is there anyway.
    public var source: ProjectSource?

    public init(
        _ project: String,
        isolation: WorkspacePolicy.Isolation = .none,
        dirty: WorkspacePolicy.Dirty = .copy,
        heldOut: [String] = [],
        fork: ForkedFiles? = nil,
        source: ProjectSource? = nil
    ) {
        self.project = project
        self.isolation = isolation
        self.dirty = dirty
        self.heldOut = heldOut
        self.fork = fork
        self.source = source
    }
}

/// The files that a fork begins with.
public struct ForkedFiles: Sendable, Hashable {
    public var snapshot: SnapshotID
    /// Absolute path of the directory that the other run works in, which has what no snapshot holds: what git ignores.
    public var directory: String
    /// What the other run holds out.
    public var heldOut: SnapshotID?

    public init(_ snapshot: SnapshotID, directory: String, heldOut: SnapshotID? = nil) {
        self.snapshot = snapshot
        self.directory = directory
        self.heldOut = heldOut
    }
}

/// Keeps others from removing something as long as it lives.
public final class WorkspaceHold: Sendable {
    private let held: any Sendable

    /// - Parameter held: What lets go when it is dropped, such as locks.
    public init(_ held: any Sendable) { self.held = held }
}

/// What is kept for one run of one project, below the state directory and in the person's repository.
public struct KeptFiles: Sendable, Hashable {
    /// The run's name as it stands in paths.
    public var name: String
    /// Absolute paths.
    public var places: [String]

    public init(name: String, places: [String]) {
        self.name = name
        self.places = places
    }
}
