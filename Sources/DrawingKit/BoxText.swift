import PipelineKit

/// Text for a box: lines of a width in columns, with nothing in them that a terminal would act upon.
enum BoxText {
    /// What is never taken apart: a character as it is shown, or one of those that stand for it.
    private struct Cell {
        var shown: String
        var columns: Int
        var isBlank: Bool
    }

    private static func cells(_ text: some StringProtocol) -> [Cell] {
        text.flatMap { character -> [Cell] in
            guard !character.isWhitespace else { return [Cell(shown: " ", columns: 1, isBlank: true)] }
            let (shown, columns) = Printable.cell(character)
            guard columns > 2 else { return [Cell(shown: shown, columns: columns, isBlank: false)] }
            return shown.map { Cell(shown: String($0), columns: 1, isBlank: false) }
        }
    }

    /// How many columns a text takes that stands on one line.
    static func columns(_ text: String) -> Int { cells(text).reduce(0) { $0 + $1.columns } }

    /// The text in lines of at most so many columns, broken at spaces where there are any; those that go on are set in.
    ///
    /// - Parameter width: At least 4.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        var rest = cells(text)[...].drop(while: \.isBlank)
        while !rest.isEmpty {
            let indent = lines.isEmpty ? 0 : 2
            let line = rest.prefix(end(of: rest, within: width - indent) - rest.startIndex)
            lines.append(String(repeating: " ", count: indent) + line.map(\.shown).joined())
            rest = rest.dropFirst(line.count).drop(while: \.isBlank)
        }
        return lines.isEmpty ? [""] : lines
    }

    /// Where a line ends: before the last space that lets it fit, or where it is full.
    private static func end(of cells: ArraySlice<Cell>, within width: Int) -> Int {
        var (used, end) = (0, cells.startIndex)
        while end < cells.endIndex, used + cells[end].columns <= width {
            used += cells[end].columns
            end += 1
        }
        guard end < cells.endIndex, !cells[end].isBlank else { return end }
        return cells[..<end].lastIndex(where: \.isBlank) ?? end
    }

    /// The text with spaces behind it.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - columns(text)))
    }
}
