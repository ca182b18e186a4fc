import FoundationEssentials
import PipelineKit

/// Works out what a goal is judged by: the start, with those changes of the work that the policy lets through.
struct JudgedTree: Sendable {
    private let files: RunFiles
    private var repository: PrivateRepository { files.repository }

    init(_ files: RunFiles) { self.files = files }

    /// - Returns: the id of the tree, and what was left out of it.
    func compose(
        _ start: SnapshotID,
        _ current: SnapshotID,
        _ policy: EditPolicy
    ) async throws(Failure) -> (tree: String, refused: [RawChange]) {
        let filter = try PolicyFilter(policy)
        let changes = try await TreeDifference(repository, from: start, to: current).changes()
        let touched = try await sections(policy.sections, touchedBy: changes)
        var refused = changes.filter { !filter.allows($0) || touched.contains($0.path) }
        refused = PolicyFilter.withObstacles(refused, among: changes)
        guard !refused.isEmpty || policy.adding != nil else { return (current.value, []) }
        return (try await tree(current, without: refused, adding: policy.adding), refused)
    }

    private func tree(
        _ current: SnapshotID,
        without refused: [RawChange],
        adding added: SnapshotID?
    ) async throws(Failure) -> String {
        let index = files.scratchIndex
        try Disk.remove(index)
        _ = try await repository.git(["read-tree", current.value], index: index)
        let removed = refused.flatMap { line("000000", String(repeating: "0", count: $0.new.object.count), $0.path) }
        let kept = refused.filter(\.old.exists).flatMap { line($0.old.mode, $0.old.object, $0.path) }
        var lines = removed + kept
        if let added { lines += try await repository.git(["ls-tree", "-r", "-z", added.value]) }
        // What was put where a directory has to be gives way to what is laid over.
        let words = ["update-index", "--replace", "-z", "--index-info"]
        _ = try await repository.git(words, index: index, input: lines)
        let tree = try await repository.git(["write-tree"], index: index)
        return String(decoding: tree, as: UTF8.self).trimmed
    }

    /// One entry for `git update-index --index-info`.
    private func line(_ mode: String, _ object: String, _ path: [UInt8]) -> [UInt8] {
        Array("\(mode) \(object) 0\t".utf8) + path + [0]
    }

    /// The paths of the changes that concern a protected section.
    private func sections(_ sections: [ProtectedSection], touchedBy changes: [RawChange]) async throws(Failure) -> Set<
        [UInt8]
    > {
        var touched: Set<[UInt8]> = []
        for section in sections {
            guard let path = try? WorkspacePath(section.file).joined,
                let change = changes.first(where: { $0.path.elementsEqual(path.utf8) })
            else { continue }
            if try await isTouched(section, change) { touched.insert(change.path) }
        }
        return touched
    }

    private func isTouched(_ section: ProtectedSection, _ change: RawChange) async throws(Failure) -> Bool {
        // What a link leads to may change without the link.
        guard !change.old.isLink, !change.new.isLink else { return true }
        let old = try await content(change.old)
        let new = try await content(change.new)
        return SectionText(old, word: section.word) != SectionText(new, word: section.word)
    }

    private func content(_ entry: RawChange.Entry) async throws(Failure) -> [UInt8] {
        guard entry.exists else { return [] }
        if let id = ObjectID(entry.object), let bytes = try? LooseObjects(repository.objects).read(id, .blob) {
            return bytes
        }
        return try await repository.git(["cat-file", "blob", entry.object])
    }
}
