import FoundationEssentials
import PipelineKit
import ProcessKit

/// Records what a directory holds, in the private repository.
///
/// A snapshot is a git tree: its id says what is in it, so equal states have equal ids. The index of the run remembers
/// what the files looked like last time, so that only those are read that changed since.
///
/// An embedded repository (a submodule, or what `git init` made on the way) is recorded by its files, as if it were an
/// ordinary directory; its own `.git` is not.
struct Snapshotter: Sendable {
    let files: RunFiles
    private var repository: PrivateRepository { files.repository }

    init(_ files: RunFiles) { self.files = files }

    func take(_ scope: Scope) async throws(Failure) -> SnapshotID {
        try Disk.makeDirectory(files.references)
        if let tree = look(through: scope) { return SnapshotID(tree) }
        let tree = try await askGit(scope)
        let reference = "\(files.references)/\(tree)"
        if !Disk.exists(reference) { try Disk.write(Array("\(tree)\n".utf8), to: reference) }
        return SnapshotID(tree)
    }

    /// The tree of what is there when nothing happened that only git can judge, else `nil`.
    ///
    /// The index stays as git left it.
    private func look(through scope: Scope) -> String? {
        do throws(FileFault) {
            let index = try IndexFile(at: files.index)
            let rules = try IgnoreRules(scope, index)
            guard let ignored = IgnoredPaths(at: files.ignored, for: rules) else { return nil }
            return try tree(scope, index, ignored)
        } catch {
            return nil
        }
    }

    private func tree(_ scope: Scope, _ index: IndexFile, _ ignored: IgnoredPaths) throws(FileFault) -> String {
        let objects = try LooseObjects(repository.objects)
        var scan = WorkTreeScan(index, ignored, into: ObjectBatch(objects))
        try scan.look(through: scope)
        return try scan.write(scope, references: files.references).hexadecimal
    }

    private func askGit(_ scope: Scope) async throws(Failure) -> String {
        let isFirst = !Disk.exists(files.index)
        let tree: String
        do throws(Failure) {
            tree = try await record(scope, files.index)
        } catch  where error.kind == .unavailable {
            // Killed half-way, an index may name objects that were never written: begin again without it.
            for name in Disk.names(in: files.directory) where name.hasSuffix("index") {
                try Disk.remove("\(files.directory)/\(name)")
            }
            tree = try await record(scope, files.index)
        }
        try await rememberIgnored(scope, isFirst: isFirst)
        return tree
    }

    /// Prepares the next snapshot.
    ///
    /// After the first one nothing is asked: in many a project nothing is ignored, and the next tells.
    private func rememberIgnored(_ scope: Scope, isFirst: Bool) async throws(Failure) {
        guard let index = try? IndexFile(at: files.index), let rules = try? IgnoreRules(scope, index) else { return }
        if isFirst { return try IgnoredPaths(rules).write(to: files.ignored) }
        if look(through: scope) != nil { return }
        let words = ["status", "--porcelain", "-z", "--ignored=matching", "--untracked-files=all"]
        let asked = try await repository.attempt(
            ["-C", scope.directory] + words + ["--ignore-submodules=all", "--", "."],
            tree: scope.top,
            index: files.index,
            excludes: scope.excludes
        )
        guard asked.status == 0 else { return }
        try IgnoredPaths(rules, status: asked.output.bytes).write(to: files.ignored)
    }

    /// Brings an index up to date with the scope, and writes its tree.
    private func record(_ scope: Scope, _ index: String) async throws(Failure) -> String {
        try await forgetEmbedded(in: index, scope)
        if scope.isRepository, !Disk.exists(index) { try await seed(scope, index) }
        let unborn = try await add(scope, index)
        let embedded = IndexFile.embeddedRepositories(in: index)
        guard !embedded.isEmpty || !unborn.isEmpty else { return try await writeTree(scope, index) }
        // With an entry for a repository, git would start itself in there, under the settings found there.
        try await forgetEmbedded(in: index, scope)
        return try await graft(embedded + unborn, scope, index)
    }

    /// What the person tracks is recorded, whatever is ignored.
    private func seed(_ scope: Scope, _ index: String) async throws(Failure) {
        let tracked = try await UserRepository(top: scope.top, common: "").trackedYetIgnored()
        let inScope = tracked.split(separator: 0).filter { $0.starts(with: scope.prefix.utf8) }
        guard !inScope.isEmpty else { return }
        let input = Array(inScope.joined(separator: [0])) + [0]
        let words = ["update-index", "--add", "--remove", "-z", "--stdin"]
        _ = try await repository.git(words, tree: scope.top, index: index, input: input)
    }

    /// Adds everything that is not ignored.
    ///
    /// - Returns: embedded repositories without a commit, which git does not add; paths from the top.
    private func add(_ scope: Scope, _ index: String) async throws(Failure) -> [String] {
        let words = ["-C", scope.directory, "add", "--all", "--ignore-errors", "--", "."]
        let added = try await repository.attempt(words, tree: scope.top, index: index, excludes: scope.excludes)
        guard added.status != 0 else { return [] }
        let rest = try await repository.git(
            ["-C", scope.directory, "ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", "."],
            tree: scope.top,
            index: index,
            excludes: scope.excludes
        )
        let left = rest.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let unborn = left.filter { $0.hasSuffix("/") }
        // Otherwise something could not be read, or came and went while it was looked at.
        guard unborn.count == left.count, added.status == 1 || !unborn.isEmpty else {
            throw PrivateRepository.failure(["add"], added)
        }
        return unborn.map { String($0.dropLast()) }
    }

    private func forgetEmbedded(in index: String, _ scope: Scope) async throws(Failure) {
        let embedded = IndexFile.embeddedRepositories(in: index)
        guard !embedded.isEmpty else { return }
        let words = ["update-index", "--force-remove", "-z", "--stdin"]
        let input = Array(embedded.joined(separator: "\0").utf8) + [0]
        _ = try await repository.git(words, tree: scope.top, index: index, input: input)
    }

    /// Writes the tree of an index with the trees of the repositories embedded in it.
    private func graft(_ embedded: [String], _ scope: Scope, _ index: String) async throws(Failure) -> String {
        var trees: [(path: String, tree: String)] = []
        for path in embedded {
            let directory = "\(scope.top)/\(path)"
            trees.append((path, try await record(Scope(directory: directory), files.index(of: directory))))
        }
        // Made after the inner ones, which use the same name for theirs.
        let scratch = files.scratchIndex
        try Disk.remove(scratch)
        if let bytes = Disk.read(index) { try Disk.write(bytes, to: scratch) }
        for (path, tree) in trees {
            _ = try await repository.git(["read-tree", "--prefix=\(path)/", tree], tree: scope.top, index: scratch)
        }
        return try await writeTree(scope, scratch)
    }

    private func writeTree(_ scope: Scope, _ index: String) async throws(Failure) -> String {
        let words = ["write-tree"] + (scope.prefix.isEmpty ? [] : ["--prefix=\(scope.prefix)"])
        let written = try await repository.attempt(words, tree: scope.top, index: index)
        if written.status == 0 { return written.output.text.trimmed }
        // A prefix with nothing under it is no tree to git.
        let entries = try await repository.git(["ls-files", "-z"], tree: scope.top, index: index)
        guard !scope.prefix.isEmpty, entries.isEmpty else { throw PrivateRepository.failure(words, written) }
        let empty = try await repository.git(["mktree"], input: [])
        return String(decoding: empty, as: UTF8.self).trimmed
    }
}
