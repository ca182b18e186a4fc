import PipelineKit

/// What differs between two snapshots.
struct TreeDifference: Sendable {
    private let repository: PrivateRepository
    private let old: String
    private let new: String

    init(_ repository: PrivateRepository, from old: SnapshotID, to new: SnapshotID) {
        self.repository = repository
        self.old = old.value
        self.new = new.value
    }

    func changes() async throws(Failure) -> [RawChange] {
        guard old != new else { return [] }
        if let changes = changesAlone() { return changes }
        return RawChange.all(in: try await git(["-r", "-z", "--raw", "--no-abbrev"]))
    }

    /// `nil` when a tree is not at hand.
    private func changesAlone() -> [RawChange]? {
        guard let old = ObjectID(old), let new = ObjectID(new), let objects = try? LooseObjects(repository.objects)
        else {
            return nil
        }
        return try? TreeComparison.changes(old, new, in: objects)
    }

    /// A unified diff that `git apply` takes.
    ///
    /// A diff is text, and files need not be: what is no UTF-8 is shown as git shows what is binary.
    func patch() async throws(Failure) -> String {
        guard old != new else { return "" }
        let bytes = try await git(Self.words)
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let quoted = ["-c", "core.quotePath=true"]
        let texts = Self.sections(of: try await git(Self.words, settings: quoted))
        let binary = PrivateRepository(showingBinary: repository)
        try binary.prepare()
        let binaries = Self.sections(of: try await git(Self.words, settings: quoted, from: binary))
        return zip(texts, binaries).map { String(validating: $0, as: UTF8.self) ?? String(decoding: $1, as: UTF8.self) }
            .joined()
    }

    private static let words = [
        "-r", "--patch", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color",
        "--src-prefix=a/", "--dst-prefix=b/",
    ]

    private func git(
        _ words: [String],
        settings: [String] = [],
        from other: PrivateRepository? = nil
    ) async throws(Failure) -> [UInt8] {
        try await (other ?? repository).git(settings + ["diff-tree", "--no-renames"] + words + [old, new])
    }

    /// One section per file; no line of a patch begins like a header but a header.
    private static func sections(of patch: [UInt8]) -> [ArraySlice<UInt8>] {
        let mark = Array("diff --git ".utf8)
        var starts: [Int] = []
        for index in patch.indices where patch[index] == mark[0] && (index == 0 || patch[index - 1] == 10) {
            if patch[index...].starts(with: mark) { starts.append(index) }
        }
        return zip(starts, starts.dropFirst() + [patch.count]).map { patch[$0..<$1] }
    }
}
