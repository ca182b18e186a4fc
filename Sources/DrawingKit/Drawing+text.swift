extension Drawing {
    /// The drawing in lines of text: boxes in rows, each below all that it needs.
    ///
    /// Lines lead to a box from what it needs where they stay legible; elsewhere the box says it. A line means that all
    /// boxes above it come before all those below it.
    ///
    /// - Parameter width: Columns that a line has at most; at least 24 are taken.
    public func text(width: Int) -> [String] {
        let layout = Layout(self, width: width)
        var lines: [String] = []
        for (index, row) in layout.rows.enumerated() {
            let above = index > 0 ? layout.links[index - 1] : []
            let below = index < layout.links.count ? layout.links[index] : []
            if index > 0 { lines.append(Canvas.lines(above, from: layout.rows[index - 1], to: row)) }
            lines += Canvas.boxes(
                row,
                entered: above.reduce(into: []) { $0.formUnion($1.below) },
                left: below.reduce(into: []) { $0.formUnion($1.above) }
            )
        }
        return lines
    }
}

/// Characters in columns.
private enum Canvas {
    /// A row of boxes of one height.
    ///
    /// - Parameters:
    ///   - entered: Those that a line leads to.
    ///   - left: Those that a line begins at.
    static func boxes(_ row: [Layout.Placed], entered: Set<String>, left: Set<String>) -> [String] {
        let height = row.map(\.lines.count).max() ?? 0
        let top = row.map { border($0, "┌", entered.contains($0.box.id) ? "▼" : "─", "┐") }
        let bottom = row.map { border($0, "└", left.contains($0.box.id) ? "┬" : "─", "┘") }
        let inside = (0..<height).map { index in
            beside(row, row.map { "│ \(BoxText.padded($0.lines.dropFirst(index).first ?? "", to: $0.width - 4)) │" })
        }
        return [beside(row, top)] + inside + [beside(row, bottom)]
    }

    private static func border(_ placed: Layout.Placed, _ first: String, _ middle: String, _ last: String) -> String {
        let before = placed.width / 2 - 1
        let side = { (count: Int) in String(repeating: "─", count: count) }
        return first + side(before) + middle + side(placed.width - before - 3) + last
    }

    private static func beside(_ row: [Layout.Placed], _ parts: [String]) -> String {
        var (line, column) = ("", 0)
        for (placed, part) in zip(row, parts) {
            line += String(repeating: " ", count: placed.left - column) + part
            column = placed.left + placed.width
        }
        return line
    }

    /// The line between two rows, with what leads from one to the other.
    static func lines(_ links: [Layout.Link], from above: [Layout.Placed], to below: [Layout.Placed]) -> String {
        var cells: [Int: Ends] = [:]
        for link in links {
            let span = link.span(above, below)
            for column in span where span.count > 1 {
                if column > span.lowerBound { cells[column, default: []].insert(.left) }
                if column < span.upperBound { cells[column, default: []].insert(.right) }
            }
            for column in Layout.Link.middles(above, link.above) { cells[column, default: []].insert(.up) }
            for column in Layout.Link.middles(below, link.below) { cells[column, default: []].insert(.down) }
        }
        guard let last = cells.keys.max() else { return "" }
        return String((0...last).map { cells[$0]?.character ?? " " })
    }

    /// Where the lines of a cell lead.
    private struct Ends: OptionSet {
        let rawValue: Int
        static let up = Ends(rawValue: 1)
        static let down = Ends(rawValue: 2)
        static let left = Ends(rawValue: 4)
        static let right = Ends(rawValue: 8)

        var character: Character { Self.characters[rawValue] }

        /// By the sum of what leads from a cell.
        private static let characters: [Character] = Array(" │││─┘┐┤─└┌├─┴┬┼")
    }
}
