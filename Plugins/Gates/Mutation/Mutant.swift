/// A small change to a source, by which tests show whether they would notice a mistake.
struct Mutant: Sendable, Hashable {
    /// Relative to the project.
    var file: String
    /// Offsets of bytes in the file.
    var range: Range<Int>
    /// What stands there instead.
    var replacement: [UInt8]
    /// What kind of code is changed: `arithmetic`, `comparison`.
    var kind: String

    /// The file with the change in it.
    func applied(to bytes: [UInt8]) -> [UInt8] {
        Array(bytes[..<range.lowerBound]) + replacement + bytes[range.upperBound...]
    }
}

/// The place of a mutant, and what it looks like there.
struct MutantPlace: Sendable, Hashable {
    /// From 1.
    let line: Int
    /// In bytes, from 1.
    let column: Int
    /// The line before and with the change, without what is far from it: `return a - b`.
    let before: String
    let after: String

    /// Characters of a line that are shown on either side of a change, and of the change itself.
    private static let room = 40

    init(of mutant: Mutant, in bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let head = bytes[..<mutant.range.lowerBound]
        let start = head.lastIndex(of: newline).map { $0 + 1 } ?? 0
        line = head.count { $0 == newline } + 1
        column = mutant.range.lowerBound - start + 1
        let left = Self.text(head[start...])
        let right = Self.text(bytes[mutant.range.upperBound...].prefix { $0 != newline })
        let opening = left.count > Self.room ? "…" + left.suffix(Self.room) : left
        let closing = right.count > Self.room ? right.prefix(Self.room) + "…" : right
        let ends = (opening.drop(while: \.isWhitespace), Self.trimmed(closing))
        before = Self.trimmed(ends.0 + Self.short(bytes[mutant.range]) + ends.1)
        after = Self.trimmed(ends.0 + Self.short(mutant.replacement[...]) + ends.1)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// What is changed, in one line.
    private static func short(_ bytes: ArraySlice<UInt8>) -> String {
        let lines = text(bytes).split(whereSeparator: \.isNewline)
        let first = String(lines.first ?? "")
        return lines.count > 1 || first.count > 2 * room ? first.prefix(2 * room) + "…" : first
    }

    /// Without blanks at its end; a carriage return is one.
    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop(while: \.isWhitespace).reversed())
    }
}
