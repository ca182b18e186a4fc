import PipelineKit

/// What git says above the hunks of a file, and of one that has none.
///
/// What it says and a patch here cannot do is refused: the rest would be applied without it.
/// https://git-scm.com/docs/diff-format#generate_patch_text_with_p
struct GitHeader {
    /// Of its first line, counted from 0; `nil` as long as there is none.
    private(set) var line: Int?
    private(set) var isNew = false
    private(set) var isDeleted = false
    private var path: String?
    private var from: String?
    private var to: String?

    init() {}

    /// - Parameter words: What follows `diff --git`.
    init(_ words: String, line: Int) {
        self.line = line
        path = Self.path(in: words)
    }

    /// Takes in a line that comes before the hunks.
    mutating func note(_ text: ArraySlice<UInt8>, at index: Int) throws(Failure) {
        if text.begins(with: "GIT binary patch") || text.begins(with: "Binary files ") {
            throw PatchText.failure(index, "it changes a binary file; only text can be patched.")
        } else if let mode = text.after("new file mode") {
            try Self.requireFile(mode, at: index)
            isNew = true
        } else if let mode = text.after("deleted file mode") {
            try Self.requireFile(mode, at: index, mayBeProgram: true)
            isDeleted = true
        } else if let path = text.after("rename from ") {
            from = Self.unquoted(path)
            line = line ?? index
        } else if let path = text.after("rename to ") {
            to = Self.unquoted(path)
        } else if line != nil {
            try Self.refuse(text, at: index)
        }
    }

    /// What stands in other texts too, and so counts below `diff --git` alone.
    private static func refuse(_ text: ArraySlice<UInt8>, at index: Int) throws(Failure) {
        if text.begins(with: "copy from ") || text.begins(with: "copy to ") {
            throw PatchText.failure(
                index,
                "it copies a file, which a patch here cannot; add the new one with all its lines."
            )
        } else if text.begins(with: "old mode ") || text.begins(with: "new mode ") {
            throw PatchText.failure(
                index,
                "it changes the permissions of a file, which a patch here cannot; leave 'old mode' and 'new mode' out."
            )
        } else if let mode = text.after("index ")?.split(separator: " ").dropFirst().first {
            try requireFile(String(mode), at: index, mayBeProgram: true)
        }
    }

    private static func requireFile(_ mode: String, at index: Int, mayBeProgram: Bool = false) throws(Failure) {
        switch mode {
        case "120000": throw PatchText.failure(index, "it is about a symbolic link; only files can be patched.")
        case "160000": throw PatchText.failure(index, "it is about a submodule; only files can be patched.")
        case "100755" where !mayBeProgram:
            throw PatchText.failure(
                index,
                "it makes a file that can be run, which a patch here cannot; write 100644, and have a command do the rest."
            )
        default: return
        }
    }

    /// What becomes of a file that has no hunks; `nil` when nothing does.
    func patch() throws(Failure) -> FilePatch? {
        guard let line else { return nil }
        if let from, let to {
            return FilePatch(path: from, newPath: to, change: .update([]), line: line + 1)
        }
        guard isNew || isDeleted else { return nil }
        guard let path else {
            throw PatchText.failure(line, "it does not name one file, as in 'diff --git a/FILE b/FILE'.")
        }
        // A hunk without lines says that nothing is in it.
        return FilePatch(path: path, change: isNew ? .add([]) : .delete([Hunk(line: line + 1)]), line: line + 1)
    }
}

// Paths as git writes them.
extension GitHeader {
    /// The file that `a/FILE b/FILE` names twice; `nil` when it names two. Blanks in it are not quoted, so only the length
    /// tells where the first name ends.
    private static func path(in words: String) -> String? {
        let bytes = Array(words.utf8)
        let middle = bytes.count / 2
        guard bytes.count % 2 == 1, bytes[middle] == UInt8(ascii: " ") else { return nil }
        let halves = [bytes[..<middle], bytes[(middle + 1)...]].map { unquoted($0.text) }
        let (old, new) = plain(halves[0], halves[1])
        return old == new ? old : nil
    }

    /// Without git's `a/` and `b/`.
    static func plain(_ old: String?, _ new: String?) -> (String?, String?) {
        let isPrefixed = old?.hasPrefix("a/") ?? true && new?.hasPrefix("b/") ?? true
        guard isPrefixed else { return (old, new) }
        return (old.map { String($0.dropFirst(2)) }, new.map { String($0.dropFirst(2)) })
    }

    /// A path as git quotes what is no ASCII: `"a/\303\244.txt"`.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8.dropFirst().dropLast())[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(3).prefix { (0x30...0x37).contains($0) }
            if digits.count == 3 {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(escapes[next] ?? next)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Of C, as in `\t`; what is none stands for itself.
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "v"): 0x0B, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "r"): 0x0D,
    ]
}
