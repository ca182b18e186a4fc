import FoundationEssentials
import PipelineKit

/// Lays out snapshots as files.
struct Checkout: Sendable {
    let files: RunFiles
    private var repository: PrivateRepository { files.repository }

    init(_ files: RunFiles) { self.files = files }

    /// Lays out a tree in a directory that holds nothing yet but perhaps a `.git`.
    func layOut(_ tree: SnapshotID, in directory: String) async throws(Failure) {
        try Disk.remove(files.scratchIndex)
        _ = try await repository.git(
            ["read-tree", "--reset", "-u", tree.value],
            tree: directory,
            index: files.scratchIndex
        )
    }

    /// Makes a directory that looks like `current` look like `target`; only what differs is touched.
    func restore(_ target: SnapshotID, over current: SnapshotID, in directory: String) async throws(Failure) {
        guard target != current else { return }
        try Disk.remove(files.scratchIndex)
        _ = try await repository.git(["read-tree", current.value], tree: directory, index: files.scratchIndex)
        let words = ["read-tree", "--reset", "-u", current.value, target.value]
        _ = try await repository.git(words, tree: directory, index: files.scratchIndex)
    }

    /// Makes the judged directory hold a tree and nothing else, whatever was done to it.
    ///
    /// What is the same since last time stays where it is. A file counts as the same when its inode, size, times and
    /// mode are; the time of its last change cannot be set by programs, so nothing can be altered behind that.
    func layOutJudged(_ tree: String) async throws(Failure) {
        do throws(Failure) {
            try await repair(tree)
        } catch  where error.kind == .unavailable {
            try Disk.remove(files.judged)
            try Disk.remove(files.judgedIndex)
            try await repair(tree)
        }
    }

    private func repair(_ tree: String) async throws(Failure) {
        let isThere = Disk.isDirectory(files.judged) && Disk.exists(files.judgedIndex)
        if !isThere {
            try Disk.remove(files.judged)
            try Disk.remove(files.judgedIndex)
            try Disk.makeDirectory(files.judged)
        }
        if isThere {
            // First, because a link to a directory in the place of that directory hides what git looks at. What git
            // never looks at goes before.
            try Disk.removeUnknownToGit(below: files.judged)
            _ = try await repository.git(["clean", "-ffdxq"], tree: files.judged, index: files.judgedIndex)
        }
        _ = try await repository.git(
            ["read-tree", "--reset", "-u", tree],
            tree: files.judged,
            index: files.judgedIndex
        )
    }
}
