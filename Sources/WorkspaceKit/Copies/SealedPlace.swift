import FoundationEssentials
import PipelineKit
import ProcessKit

/// Makes a place for a run that has nothing of what its goal holds out: neither the files nor a history with them.
///
/// A worktree shows all that was ever committed to `git show`, and a copy has its objects, so this one has a repository of
/// its own, whose one commit is what the run begins with. It stands where copies do. What git ignores is not in it.
struct SealedPlace: Sendable {
    private let files: RunFiles
    private var snapshots: PrivateRepository { files.repository }

    init(_ files: RunFiles) { self.files = files }

    /// - Parameters:
    ///   - directory: What the run begins with.
    ///   - repository: The one it is a part of; all of it is in the place, as ignore rules above the directory count.
    ///   - patterns: What is held out, relative to the directory.
    /// - Returns: the scope of the matching directory in the place, and what is held out.
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` for a pattern that holds out nothing.
    func add(
        _ directory: String,
        of repository: UserRepository?,
        without patterns: [String]
    ) async throws(Failure) -> (Scope, SnapshotID) {
        let whole = repository.map { Scope($0.top, in: $0) } ?? Scope(directory: directory)
        let prefix = repository.map { Scope(directory, in: $0).prefix } ?? ""
        let seen = try await Snapshotter(files).take(whole)
        // They are about another directory than the place.
        for path in [files.index, files.ignored] { try Disk.remove(path) }
        let parts = try await HeldOutFiles(snapshots, patterns, below: prefix).divide(seen, of: directory)
        let held = try await tree(of: parts.held)
        try Disk.write(Array("\(held)\n".utf8), to: "\(files.references)/\(held)")
        return (try await place(prefix, of: repository, holding: try await tree(of: parts.shown)), held)
    }

    private func tree(of entries: [UInt8]) async throws(Failure) -> SnapshotID {
        try Disk.remove(files.scratchIndex)
        let words = ["update-index", "-z", "--index-info"]
        _ = try await snapshots.git(words, index: files.scratchIndex, input: entries)
        let tree = try await snapshots.git(["write-tree"], index: files.scratchIndex)
        return SnapshotID(String(decoding: tree, as: UTF8.self).trimmed)
    }

    private func place(_ prefix: String, of repository: UserRepository?, holding tree: SnapshotID) async throws(Failure)
        -> Scope
    {
        // What a process that was killed may have left.
        try Disk.remove(files.copy)
        try Disk.makeDirectory(files.copy)
        try await Checkout(files).layOut(tree, in: files.copy)
        guard let top = Disk.realPath(files.copy) else {
            throw Failure(.unavailable, "The copy '\(files.copy)' was removed while it was made.")
        }
        let directory = prefix.isEmpty ? top : "\(top)/\(prefix.dropLast())"
        // A snapshot has no empty directories, and all of this one may be held out.
        if !Disk.exists(directory) { try Disk.makeDirectory(directory) }
        guard let repository else { return Scope(directory: directory) }
        return Scope(directory, in: try await commit(in: top, ignoringAs: repository))
    }

    /// Makes the files of a directory the first commit of a repository of their own.
    private func commit(in top: String, ignoringAs repository: UserRepository) async throws(Failure) -> UserRepository {
        let own = UserRepository(top: top, common: "\(top)/.git")
        _ = try await own.git(["-c", "init.defaultBranch=main", "init", "--quiet"])
        if let rules = Disk.read("\(repository.common)/info/exclude") {
            try Disk.write(rules, to: "\(own.common)/info/exclude")
        }
        _ = try await own.git(["add", "--all", "--force", "--", "."])
        _ = try await own.git(Self.author + ["commit", "--quiet", "--allow-empty", "--message", Self.message])
        return own
    }

    private static let author = [
        "-c", "user.name=Sluice", "-c", "user.email=sluice@localhost", "-c", "commit.gpgSign=false",
    ]
    private static let message = "What the run begins with"
}

/// Divides a snapshot into what is held out and what is not.
private struct HeldOutFiles {
    let repository: PrivateRepository
    let patterns: [GlobPattern]
    /// The directory that patterns are relative to, with a `/` at its end; empty for the top.
    let prefix: [UInt8]

    init(_ repository: PrivateRepository, _ patterns: [String], below prefix: String) throws(Failure) {
        self.repository = repository
        self.patterns = try patterns.map { text throws(Failure) in try GlobPattern(text) }
        self.prefix = Array(prefix.utf8)
    }

    /// - Returns: both as input for `git update-index -z --index-info`; what is held out has its paths from the directory.
    func divide(_ snapshot: SnapshotID, of directory: String) async throws(Failure) -> (shown: [UInt8], held: [UInt8]) {
        var parts: (shown: [UInt8], held: [UInt8]) = ([], [])
        var unused = Set(patterns)
        for line in try await repository.git(["ls-tree", "-r", "-z", snapshot.value]).split(separator: 0) {
            guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let path = line[line.index(after: tab)...]
            let matching = path.starts(with: prefix) ? matching(path.dropFirst(prefix.count)) : []
            unused.subtract(matching)
            if matching.isEmpty {
                parts.shown += line + [0]
            } else {
                parts.held += line[...tab] + path.dropFirst(prefix.count) + [0]
            }
        }
        if let pattern = patterns.first(where: unused.contains) {
            throw Failure(
                .invalidInput,
                "'holdout' names '\(pattern)', and '\(directory)' has no such file that git does not ignore."
            )
        }
        return parts
    }

    private func matching(_ path: some Sequence<UInt8>) -> [GlobPattern] {
        let name = String(decoding: Array(path), as: UTF8.self)
        return patterns.filter { $0.matches(name) }
    }
}
