/// The directory an agent works in.
public struct Workspace: Sendable, Hashable {
    /// Absolute path of the directory that calls are confined to.
    public var path: String
    /// Absolute path of the project the person named; the same as ``path`` without isolation.
    public var project: String
    /// Whether commands of its run are confined; `nil` for a run of a time when none were.
    public var sandbox: SandboxLevel?
    /// The files that the goal holds out, which stand nowhere in ``path``; `nil` when it holds out none.
    public var heldOut: SnapshotID?
    /// What commands in this workspace are confined to, for who starts them; it is not recorded.
    public var confinement: Confinement?

    public init(
        path: String,
        project: String? = nil,
        sandbox: SandboxLevel? = nil,
        heldOut: SnapshotID? = nil,
        confinement: Confinement? = nil
    ) {
        self.path = path
        self.project = project ?? path
        self.sandbox = sandbox
        self.heldOut = heldOut
        self.confinement = confinement
    }
}

/// One file that differs between two snapshots.
public struct FileChange: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case added
        case modified
        case deleted
    }

    /// Relative to the workspace.
    public var path: String
    public var kind: Kind

    public init(_ kind: Kind, _ path: String) {
        self.kind = kind
        self.path = path
    }
}

/// What the work may change, as far as the judgement is concerned.
public struct EditPolicy: Sendable, Hashable {
    /// Patterns of files that may differ; `nil` for all.
    public var editable: [String]?
    /// Patterns of files that may not.
    public var protect: [String]
    /// Parts of files that may not.
    public var sections: [ProtectedSection]
    /// Files that are laid over the tree, whatever the work did in their places.
    public var adding: SnapshotID?

    public init(editable: [String]? = nil, protect: [String] = [], sections: [ProtectedSection] = []) {
        self.editable = editable
        self.protect = protect
        self.sections = sections
    }
}

/// A part of a configuration file that belongs to the judge: the pytest tables of `pyproject.toml`.
public struct ProtectedSection: Sendable, Hashable {
    /// Path of the file, relative to the workspace.
    public var file: String
    /// A word that marks the part: a section whose header holds it, or a line that holds it, is protected.
    public var word: String

    public init(file: String, word: String) {
        self.file = file
        self.word = word
    }
}

/// A tree in which a gate may judge: the start, plus what the work was allowed to change.
public struct RebuiltTree: Sendable, Hashable {
    /// Absolute path of the directory that stands for the workspace.
    public var path: String
    /// Changes of the work that were left out, because the policy protects those files.
    public var refused: [FileChange]

    public init(path: String, refused: [FileChange]) {
        self.path = path
        self.refused = refused
    }
}

/// Makes workspaces, and remembers what they looked like.
///
/// Every verb may be repeated after a crash and then does nothing new.
public protocol WorkspaceKeeper: Sendable {
    /// Absolute path of the directory for a project that is there for one run alone (``WorkspaceOrder/source``); it need not be
    /// there yet.
    func place(for run: RunID) throws(Failure) -> String

    /// Makes the place a run works in, and remembers how it starts. Where the files come from a source, they are brought first.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when the order cannot be met, with what to order instead.
    func open(_ order: WorkspaceOrder, for run: RunID) async throws(Failure) -> OpenedWorkspace

    /// Remembers how the workspace is now.
    func snapshot(_ workspace: Workspace, of run: RunID) async throws(Failure) -> SnapshotID

    /// Absolute path of the directory in which ``rebuild(_:from:with:under:of:)`` will lay out, and which it leaves where it
    /// is; made if it is not there. `nil` where that is known only then.
    func judgedPlace(of workspace: Workspace, for run: RunID) async throws(Failure) -> String?

    /// Lays out the tree in which the goal of a run is judged.
    func rebuild(
        _ workspace: Workspace,
        from start: SnapshotID,
        with current: SnapshotID,
        under policy: EditPolicy,
        of run: RunID
    ) async throws(Failure) -> RebuiltTree

    /// Lays out a snapshot in a directory that is not there yet.
    func layOut(_ snapshot: SnapshotID, of workspace: Workspace, in directory: String, for run: RunID)
        async throws(Failure)

    /// Lays out a commit of the project's git in a directory that is not there yet: what it has of the project.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when there is no such commit.
    func layOut(commit: String, of workspace: Workspace, in directory: String, for run: RunID) async throws(Failure)

    /// What differs between two snapshots, as a unified diff that `git apply` takes.
    func diff(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) async throws(Failure) -> String

    /// What differs between two snapshots, by name.
    func changes(_ workspace: Workspace, from old: SnapshotID, to new: SnapshotID) async throws(Failure) -> [FileChange]

    /// Makes the workspace what the snapshot says; files that were ignored by git stay.
    func restore(_ snapshot: SnapshotID, into workspace: Workspace, of run: RunID) async throws(Failure)

    /// Removes what a process that was killed had half written among the files of the workspace.
    func removeDrafts(in workspace: Workspace) async

    /// Removes what was kept for a run: its worktree or copy, its judged tree, its snapshots.
    func discard(_ workspace: Workspace, of run: RunID) async throws(Failure)

    /// Keeps snapshots for a run that is about to begin, whatever becomes of the run they are of.
    ///
    /// - Returns: what keeps others from removing them as long as it lives, though no store knows the run yet.
    func pin(_ snapshots: [SnapshotID], of project: String, for run: RunID) async throws(Failure) -> WorkspaceHold

    /// Brings what a run changed to the project: all of it, or nothing.
    ///
    /// - Throws: ``Failure/Kind/denied`` with the files that cannot be brought there, and what to do;
    ///   ``Failure/Kind/invalidInput`` for a name that no branch can have.
    func deliver(_ delivery: Delivery) async throws(Failure) -> Delivered

    /// What is kept for runs, whether or not anybody still knows them.
    func kept() async throws(Failure) -> [KeptFiles]

    /// The name under which things are kept for a run.
    func name(of run: RunID) -> String

    /// Bytes that something takes on the disk.
    func size(of kept: KeptFiles) async -> Int

    /// Removes what is kept under a name, unless a process works on it.
    ///
    /// - Parameter isForgotten: Asked when nobody else can work on it any more.
    /// - Returns: whether it is gone.
    func remove(_ kept: KeptFiles, if isForgotten: @Sendable () async -> Bool) async throws(Failure) -> Bool
}

extension WorkspaceKeeper {
    public func place(for run: RunID) throws(Failure) -> String {
        throw Failure(.missing, "No projects are made here for a run alone.")
    }

    public func layOut(_ snapshot: SnapshotID, of workspace: Workspace, in directory: String, for run: RunID)
        async throws(Failure)
    { throw Failure(.missing, "Nothing is kept here that could be laid out beside the workspace.") }

    public func layOut(commit: String, of workspace: Workspace, in directory: String, for run: RunID)
        async throws(Failure)
    { throw Failure(.missing, "Nothing is kept here that could be laid out beside the workspace.") }
}

/// A workspace and how it starts.
public struct OpenedWorkspace: Sendable, Hashable {
    public var workspace: Workspace
    public var start: SnapshotID

    public init(_ workspace: Workspace, start: SnapshotID) {
        self.workspace = workspace
        self.start = start
    }
}
