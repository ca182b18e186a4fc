/// Rows of cells as lines, the cells of a column below each other.
enum Columns {
    /// - Parameter numbers: Whether all columns but the first hold numbers, which stand to the right.
    static func lines(_ rows: [[String]], numbers: Bool) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.compactMap { $0.dropFirst(column).first?.count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).enumerated().map { index, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return numbers && index > 0 ? space + cell.0 : cell.0 + space
            }
            return cells.joined(separator: "  ").trimmedEnd
        }
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
