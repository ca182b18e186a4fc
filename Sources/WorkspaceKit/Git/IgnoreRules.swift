import Glibc
import PipelineKit

/// What decides which paths are ignored, as a digest: as long as it is the same, a path that was ignored still is.
///
/// Ignored are paths by the `.gitignore` files that are recorded, by those of the directories above the recorded one,
/// by the repository's own list and by the list of ``PrivateRepository``.
struct IgnoreRules: Sendable, Hashable {
    static let name = Array(".gitignore".utf8)

    /// SHA-256.
    let digest: [UInt8]

    /// - Throws: what kept a file of rules from being read.
    init(_ scope: Scope, _ index: IndexFile) throws(FileFault) {
        var parts = [scope.top, scope.directory, PrivateRepository.exclude].map { Array($0.utf8) }
        let above = scope.prefix.split(separator: "/").dropLast().reduce(into: [""]) {
            $0.append("\($0.last ?? "")/\($1)")
        }
        let files = scope.prefix.isEmpty ? [] : above.map { "\(scope.top)\($0)/.gitignore" }
        for path in [scope.excludes].compactMap(\.self) + files { parts.append(try Self.content(of: path)) }
        for entry in index.entries where Self.areRules(entry.path) { parts.append(entry.path + [0] + entry.id.bytes) }
        digest = Self.digest(of: parts)
    }

    /// Whether a path is one of a `.gitignore` file.
    static func areRules(_ path: some BidirectionalCollection<UInt8>) -> Bool {
        let rest = path.suffix(name.count + 1)
        return rest.suffix(name.count).elementsEqual(name) && (rest.count == name.count || rest.first == 47)
    }

    /// A byte more than the content, to tell an empty file from none.
    private static func content(of path: String) throws(FileFault) -> [UInt8] {
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if raw < 0, errno == ENOENT || errno == ENOTDIR { return [] }
        let file = try Descriptor(raw < 0 ? -errno : raw)
        guard try file.status().isRegular else { throw .unusual }
        let bytes = try file.read(atMost: FileSizes.inMemory)
        guard bytes.count < FileSizes.inMemory else { throw .unusual }
        return [1] + bytes
    }

    /// Each part with its length before it, so that no two lists look the same.
    private static func digest(of parts: [[UInt8]]) -> [UInt8] {
        SHA256.digest(of: parts.flatMap { part in [withUnsafeBytes(of: part.count) { Array($0) }, part] })
    }
}

/// The paths that git said it ignores, and by which rules.
struct IgnoredPaths: Sendable {
    var rules: IgnoreRules
    /// From the top; a directory that is ignored with all there is in it has a `/` at its end.
    var paths: Set<[UInt8]> = []

    /// Rules that are ignored themselves are recorded nowhere, so their changes would not be seen.
    var holdRules: Bool { paths.contains { IgnoreRules.areRules($0) } }

    init(_ rules: IgnoreRules) { self.rules = rules }

    /// Reads what `git status --porcelain -z --ignored=matching` says: `!! `, a path and NUL, among other lines.
    init(_ rules: IgnoreRules, status: [UInt8]) {
        self.rules = rules
        let mark = Array("!! ".utf8)
        paths = Set(status.split(separator: 0).filter { $0.starts(with: mark) }.map { Array($0.dropFirst(3)) })
    }

    /// Reads what ``write(to:)`` wrote; `nil` when there is nothing for these rules.
    init?(at path: String, for rules: IgnoreRules) {
        guard let bytes = Disk.read(path), bytes.starts(with: rules.digest) else { return nil }
        self.rules = rules
        paths = Set(bytes.dropFirst(rules.digest.count).split(separator: 0).map(Array.init))
    }

    func write(to path: String) throws(Failure) {
        try Disk.write(rules.digest + paths.joined(separator: [0]), to: path)
    }
}
