/// A line of a file as a terminal shows it, and a caret below the part that is meant.
///
/// Indentation before the part is left out, and what does not fit beside it.
struct Snippet {
    var text: String
    /// `^~~~~`, with the spaces before it.
    var caret: String

    /// The columns a snippet may take.
    private static let columns = 96

    /// One character as a terminal shows it.
    fileprivate struct Cell {
        var shown: String
        var columns: Int
        var scalars: Int
        var isBlank: Bool

        init(_ character: Character) {
            scalars = character.unicodeScalars.count
            isBlank = character == " " || character == "\t"
            (shown, columns) = Printable.cell(character)
        }
    }

    init(_ place: SourcePlace) {
        let cells = place.text.map(Cell.init)
        let first = Self.cell(ofScalar: place.column - 1, in: cells)
        let last = max(first + 1, Self.cell(ofScalar: place.column - 2 + max(1, place.length), in: cells) + 1)
        let indent = cells.prefix(first).prefix(while: \.isBlank).count
        let shown = Self.window(cells, from: indent, around: first..<min(last, max(first, cells.count)))
        let before = cells[shown.lowerBound..<first].columns + (shown.lowerBound > indent ? 1 : 0)
        let marked = cells[first..<min(last, shown.upperBound)].columns
        text =
            (shown.lowerBound > indent ? "…" : "") + cells[shown].map(\.shown).joined()
            + (shown.upperBound < cells.count ? "…" : "")
        caret = String(repeating: " ", count: before) + "^" + String(repeating: "~", count: max(0, marked - 1))
    }

    /// The cell that holds a scalar, counted from 0; the end of the line for one that stands past it.
    private static func cell(ofScalar number: Int, in cells: [Cell]) -> Int {
        var rest = max(0, number)
        return cells.firstIndex {
            rest -= $0.scalars
            return rest < 0
        } ?? cells.count
    }

    /// As many cells as fit, beginning no more than half of it before the part that is meant.
    private static func window(_ cells: [Cell], from indent: Int, around part: Range<Int>) -> Range<Int> {
        guard cells[indent...].columns > columns else { return indent..<cells.count }
        var start = part.lowerBound
        var room = columns / 2
        while start > indent, cells[start - 1].columns <= room {
            start -= 1
            room -= cells[start].columns
        }
        var end = start
        room = columns
        while end < cells.count, cells[end].columns <= room {
            room -= cells[end].columns
            end += 1
        }
        return start..<max(end, part.lowerBound)
    }
}

extension Collection where Element == Snippet.Cell {
    fileprivate var columns: Int { reduce(0) { $0 + $1.columns } }
}
