/// A file that differs from the last commit.
struct ChangedFile: Sendable, Hashable {
    enum Kind: String, Sendable {
        case changed
        case deleted
        case untracked
    }

    /// Relative to the tree.
    var path: String
    var kind: Kind
    /// Whether it was a link and is a file, or the other way round.
    var isRetyped = false
    /// Lines added and removed; 0 for what git takes for binary.
    var lines = 0
    /// The first that differs, from 1, or the one before it where lines are only gone; `nil` where there is none.
    var first: Int?
    /// Lines that a merge left and nobody resolved, from 1.
    var markers: [Int] = []

    /// Reads what `git diff -z --raw --numstat` prints; git-diff(1), "Raw output format".
    static func list(_ output: [UInt8]) -> [ChangedFile] {
        var words = output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }[...]
        var files: [ChangedFile] = []
        while let word = words.first, word.hasPrefix(":"), words.count > 1 {
            words.removeFirst()
            var file = ChangedFile(path: words.removeFirst(), kind: word.hasSuffix("D") ? .deleted : .changed)
            file.isRetyped = word.hasSuffix("T")
            files.append(file)
        }
        let counts = words.reduce(into: [String: Int]()) { counts, word in
            let parts = word.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return }
            counts[String(parts[2]), default: 0] += (Int(parts[0]) ?? 0) + (Int(parts[1]) ?? 0)
        }
        for index in files.indices { files[index].lines = counts[files[index].path] ?? 0 }
        return files
    }

    /// A file that is new, by its content; `nil` for what cannot be read as a file.
    init(untracked path: String, _ bytes: [UInt8]?) {
        self.path = path
        kind = .untracked
        guard let bytes, !bytes.isEmpty else { return }
        first = 1
        // What holds a NUL early is binary to git too; xdiff-interface.c, buffer_is_binary.
        guard !bytes.prefix(8_000).contains(0) else { return }
        let text = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        lines = text.count - (bytes.last == UInt8(ascii: "\n") ? 1 : 0)
        markers = text.indices.filter { Self.isMarker(text[$0]) }.map { $0 + 1 }
    }

    init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// Whether a line is one with which git begins or ends what it could not merge: `<<<<<<< HEAD`; git-merge(1), "How
    /// conflicts are presented".
    static func isMarker(_ line: some Collection<UInt8>) -> Bool {
        let sign = line.prefix(7)
        guard sign.count == 7, [UInt8(ascii: "<"), UInt8(ascii: ">")].contains(sign.first), Set(sign).count == 1
        else { return false }
        let rest = line.dropFirst(7)
        return rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\r")
    }
}
