extension String {
    /// The text in lines of at most so many columns, broken at spaces; a word that is longer has a line of its own.
    ///
    /// Sequences that set colours take no column (ECMA-48, SGR: from `ESC [` to `m`). What a line is indented by, those
    /// that go on from it are indented by as well.
    func wrapped(to width: Int) -> [String] {
        let indent = String(prefix { $0 == " " })
        var lines: [String] = []
        var line = indent
        var isEmpty = true
        for word in dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, line.columns + 1 + String(word).columns > width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    private var columns: Int {
        var count = 0
        var isColor = false
        for character in self {
            if character == "\u{1b}" { isColor = true } else if !isColor { count += 1 }
            if character == "m" { isColor = false }
        }
        return count
    }
}
