import PipelineKit

/// What a patch does with one file.
package struct FilePatch: Sendable {
    package enum Change: Sendable {
        case add([UInt8])
        /// With what the file should hold, where the patch says so.
        case delete([Hunk])
        case update([Hunk])
    }

    /// Relative to the workspace.
    package var path: String
    /// What the file is to be called from now on; `nil` when it keeps its name.
    package var newPath: String?
    package var change: Change
    /// Where it begins in the patch, counted from 1.
    package var line: Int

    /// The files it names as it spells them, and what tells them apart: `./a` is `a`.
    package var files: [(path: String, place: String)] {
        [path, newPath].compactMap(\.self).map { ($0, (try? WorkspacePath($0))?.joined ?? $0) }
    }
}

/// One piece of a patch: lines that have to be there, and what becomes of them.
package struct Hunk: Sendable {
    package enum Kind: Sendable {
        case context
        case removed
        case added
    }

    package struct Line: Sendable {
        package var kind: Kind
        /// Without the line break.
        package var text: ArraySlice<UInt8>
    }

    package var lines: [Line] = []
    /// Where it should stand: lines of the file before it; `nil` when the patch does not say.
    package var start: Int?
    /// Lines that come before it in the file, one after the other.
    package var anchors: [ArraySlice<UInt8>] = []
    /// Whether it is at the end of the file.
    package var isAtEnd = false
    /// What the patch says of the last line: that no line break follows, before and afterwards.
    package var lacksBreak = (before: false, after: false)
    /// Where it begins in the patch, counted from 1.
    package var line: Int

    /// What has to be there.
    package var old: [ArraySlice<UInt8>] { lines.filter { $0.kind != .added }.map(\.text) }

    /// How many lines at its beginning, and at its end, are there for orientation only.
    package var margins: (before: Int, after: Int) {
        let before = lines.prefix { $0.kind == .context }.count
        return (before, before == lines.count ? 0 : lines.reversed().prefix { $0.kind == .context }.count)
    }

    /// Without some of the lines at both ends.
    package func trimmed(_ before: Int, _ after: Int) -> Hunk {
        var hunk = self
        hunk.lines = Array(lines.dropFirst(before).dropLast(after))
        hunk.start = start.map { $0 + before }
        return hunk
    }

    package init(line: Int, start: Int? = nil) {
        self.line = line
        self.start = start
    }
}

extension ArraySlice<UInt8> {
    package var text: String { String(decoding: self, as: UTF8.self) }

    /// Whether it begins with the words; all that a patch is recognised by is ASCII.
    package func begins(with words: StaticString) -> Bool {
        words.withUTF8Buffer { starts(with: $0) }
    }

    /// What follows the words, without the blanks at both ends; `nil` when it does not begin with them.
    package func after(_ words: StaticString) -> String? {
        begins(with: words) ? dropFirst(words.utf8CodeUnitCount).trimmed.text : nil
    }

    /// Without blanks at the end, a carriage return among them.
    package var withoutEnd: ArraySlice<UInt8> {
        var slice = self
        while let last = slice.last, last == 0x20 || last == 0x09 || last == 0x0D { slice.removeLast() }
        return slice
    }

    package var trimmed: ArraySlice<UInt8> { withoutEnd.drop { $0 == 0x20 || $0 == 0x09 } }
}
