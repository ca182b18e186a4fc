/// Writes text with white space as a browser shows it, and marks only where text follows.
struct TextWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether text is written as it stands, in a block of code.
    private(set) var isVerbatim = false
    /// Line ends that come before the next text.
    private var lineEnds = 0
    private var hasSpace = false
    private var marks: [Mark: String] = [:]
    /// Where the block of code begins.
    private var verbatimStart = 0

    /// What may stand before a text, in this order.
    enum Mark: Int, CaseIterable {
        case item
        case heading
        case link
        case code
    }

    /// Ends the line, and leaves an empty one.
    mutating func endLine(blank: Bool = false) {
        lineEnds = max(lineEnds, blank ? 2 : 1)
        hasSpace = false
    }

    /// Has a mark written before the next text; the last of a kind counts.
    mutating func prepare(_ kind: Mark, _ mark: String) { marks[kind] = mark }

    /// - Returns: whether no text has come since the mark was prepared, so that it will not be written.
    @discardableResult
    mutating func forget(_ kind: Mark) -> Bool { marks.removeValue(forKey: kind) != nil }

    mutating func write(_ text: [UInt8]) {
        guard !isVerbatim else {
            // A line end right after the tag is not part of it (HTML Standard, 13.1.2.5).
            let lines = text.filter { $0 != 0x0D }
            bytes += lines.dropFirst(bytes.count == verbatimStart && lines.first == 0x0A ? 1 : 0)
            return
        }
        for byte in text {
            if byte.isHTMLSpace {
                hasSpace = true
            } else {
                if lineEnds > 0 || hasSpace || !marks.isEmpty { begin() }
                bytes.append(byte)
            }
        }
    }

    /// Writes what belongs to the text before it.
    mutating func append(_ text: String) { bytes += text.utf8 }

    /// Writes what parts two texts of one line; nothing where a line begins.
    mutating func writeBetween(_ text: String) {
        hasSpace = false
        if lineEnds == 0, !bytes.isEmpty { bytes += text.utf8 }
    }

    mutating func beginVerbatim() {
        begin()
        bytes += "```\n".utf8
        verbatimStart = bytes.count
        isVerbatim = true
    }

    mutating func endVerbatim() {
        isVerbatim = false
        while bytes.last == 0x0A { bytes.removeLast() }
        bytes += "\n```".utf8
        endLine(blank: true)
    }

    private mutating func begin() {
        if lineEnds > 0 {
            if !bytes.isEmpty { bytes += [UInt8](repeating: 0x0A, count: lineEnds) }
        } else if hasSpace, let last = bytes.last, !last.isHTMLSpace {
            bytes.append(0x20)
        }
        (lineEnds, hasSpace) = (0, false)
        for kind in Mark.allCases {
            if let mark = marks[kind] { bytes += mark.utf8 }
        }
        marks.removeAll(keepingCapacity: true)
    }
}
