import Glibc
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
    /// The directory itself stays, as a sandbox may have it already, and in it what is the same since last time; see
    /// ``JudgedDirectory``. A tree with an object that is no file of its own, or with one that is damaged, is laid out by
    /// git, which knows more ways or says what is wrong.
    func layOutJudged(_ tree: String) async throws(Failure) {
        try files.makeJudged()
        if layOutJudgedAlone(tree, from: try? IndexFile(at: files.judgedIndex)) { return }
        try Disk.remove(files.judgedIndex)
        try Disk.empty(files.judged)
        try await layOut(SnapshotID(tree), in: files.judged)
    }

    /// The ledger is written last: what happened since the one before is seen by comparing.
    private func layOutJudgedAlone(_ tree: String, from ledger: IndexFile?) -> Bool {
        guard let tree = ObjectID(tree) else { return false }
        do {
            guard chmod(files.judged, 0o700) == 0 else { return false }
            let result = open(files.judged, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let top = try Descriptor(result < 0 ? -errno : result)
            var directory = JudgedDirectory(try LooseObjects(repository.objects), ledger: ledger)
            try directory.layOutAll(tree, in: top)
            try Disk.overwrite(files.judgedIndex, with: IndexFile(entries: directory.entries).bytes)
            return true
        } catch {
            return false
        }
    }
}
