import FoundationEssentials
import PipelineKit

/// Which files a snapshot takes, and what decides which of them are ignored.
///
/// A project that is a part of a repository is looked at from the top of that repository, so that all its `.gitignore`
/// files count, and recorded from the project downwards.
struct Scope: Sendable, Hashable {
    /// Absolute path of the top of the repository, or of the project when it is in none.
    var top: String
    /// Absolute path of the directory that is recorded: the top or below.
    var directory: String
    /// Absolute path of the repository's own list of what it ignores (`info/exclude`).
    var excludes: String?
    /// Whether the top is a repository of the person's.
    var isRepository: Bool

    /// The directory below the top, with a `/` at its end; empty for the top itself.
    var prefix: String {
        directory == top ? "" : directory.dropFirst(top.count).drop { $0 == "/" } + "/"
    }

    /// A directory without a repository around it.
    init(directory: String) {
        top = directory
        self.directory = directory
        isRepository = false
    }

    init(_ directory: String, in repository: UserRepository) {
        top = repository.top
        self.directory = directory
        excludes = "\(repository.common)/info/exclude"
        isRepository = true
    }
}

/// What has to be remembered of a run's workspace from its start to its end.
///
/// It is written when everything else is in place: where there is a record, the workspace is complete.
struct RunRecord: Sendable, Hashable {
    var scope: Scope
    var start: SnapshotID
    /// What the goal of the run holds out.
    var heldOut: SnapshotID?

    init(_ scope: Scope, start: SnapshotID, heldOut: SnapshotID? = nil) {
        self.scope = scope
        self.start = start
        self.heldOut = heldOut
    }

    /// Reads a record; `nil` when there is none, or one that nobody finished writing.
    init?(at path: String) {
        guard let bytes = Disk.read(path) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\0", omittingEmptySubsequences: false)
        guard fields.count == 5 || fields.count == 6 else { return nil }
        scope = Scope(directory: String(fields[1]))
        scope.top = String(fields[0])
        scope.excludes = fields[2].isEmpty ? nil : String(fields[2])
        scope.isRepository = fields[3] == "repository"
        start = SnapshotID(String(fields[4]))
        heldOut = fields.count == 6 ? SnapshotID(String(fields[5])) : nil
    }

    func write(to path: String) throws(Failure) {
        let kind = scope.isRepository ? "repository" : "directory"
        let fields =
            [scope.top, scope.directory, scope.excludes ?? "", kind, start.value] + (heldOut.map { [$0.value] } ?? [])
        try Disk.write(Array(fields.joined(separator: "\0").utf8), to: path)
    }

    func opened(of project: String) -> OpenedWorkspace {
        OpenedWorkspace(Workspace(path: scope.directory, project: project, heldOut: heldOut), start: start)
    }
}
