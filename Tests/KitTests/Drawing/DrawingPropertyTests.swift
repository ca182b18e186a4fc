import PipelineTesting
import Testing

@testable import DrawingKit
@testable import PipelineKit

/// What holds for drawings of all graphs, in every width.
struct DrawingPropertyTests {
    private struct Case {
        let drawing: Drawing
        let width: Int
        let layout: Layout
        let text: [String]

        init(_ drawing: Drawing, _ width: Int) {
            self.drawing = drawing
            self.width = width
            layout = Layout(drawing, width: width)
            text = drawing.text(width: width)
        }
    }

    private static let cases: [Case] = {
        var dice = Dice(seed: 40)
        return (0..<400).map { Case(DrawnBoxes.drawing(seed: $0), dice.roll(24...130)) }
    }()

    @Test func everyBoxStandsOnceAndBelowAllThatItNeeds() {
        for one in Self.cases {
            let rows = one.layout.rows.map { $0.map(\.box.id) }
            #expect(rows.joined().sorted() == one.drawing.boxes.map(\.id).sorted())
            let row = Dictionary(uniqueKeysWithValues: rows.enumerated().flatMap { row, ids in ids.map { ($0, row) } })
            for box in one.drawing.boxes {
                for need in box.needs { #expect((row[need] ?? .max) < (row[box.id] ?? .min)) }
            }
            let text = one.text.joined(separator: "\n")
            for box in one.drawing.boxes { #expect(text.split(separator: "│ \(box.id) ").count == 2, "\(box.id)") }
        }
    }

    @Test func noLineIsWiderThanItMayBe() {
        for one in Self.cases {
            for line in one.text {
                let columns = line.reduce(0) { $0 + Printable.cell($1).columns }
                #expect(columns <= one.width, "\(line)")
            }
        }
    }

    @Test func theSidesOfBoxesStandBelowEachOther() {
        for one in Self.cases {
            for row in one.layout.rows {
                for (left, right) in zip(row, row.dropFirst()) {
                    #expect(left.left + left.width + Layout.gap == right.left)
                }
                for placed in row {
                    #expect(placed.left >= 0)
                    #expect(placed.lines.map(BoxText.columns).max() == placed.width - 4)
                }
            }
        }
    }

    @Test func nothingInATextIsObeyed() {
        for one in Self.cases {
            let text = one.text.joined(separator: "\n")
            #expect(text.split(separator: "\n").allSatisfy { Printable.text(String($0)) == $0 })
            #expect(one.drawing.mermaid.allSatisfy { Printable.text($0) == $0 })
        }
    }

    /// Reads the lines between the boxes as a person does, and finds what needs what.
    @Test func whatABoxNeedsIsDrawnOrSaid() {
        var (drawn, said) = (0, 0)
        for one in Self.cases {
            let layout = one.layout
            let found = DrawnLines.read(one.text, layout)
            for placed in layout.rows.joined() where !placed.box.needs.isEmpty {
                let isSaid = placed.lines.joined().contains("needs: ")
                #expect(
                    found[placed.box.id] ?? [] == (isSaid ? [] : Set(placed.box.needs)),
                    "\(one.text.joined(separator: "\n"))"
                )
                drawn += isSaid ? 0 : 1
                said += isSaid ? 1 : 0
            }
        }
        #expect(drawn > 300 && said > 300, "\(drawn) drawn, \(said) said")
    }
}

/// What the lines of a text say.
private enum DrawnLines {
    /// For each box that a line leads to, all boxes that it comes from.
    static func read(_ text: [String], _ layout: Layout) -> [String: Set<String>] {
        var needs: [String: Set<String>] = [:]
        var line = 0
        for (above, below) in zip(layout.rows, layout.rows.dropFirst()) {
            line += (above.map(\.lines.count).max() ?? 0) + 2
            let (bottom, top) = (Array(text[line - 1]), Array(text[line + 1]))
            for columns in lines(in: Array(text[line])) {
                let from = above.filter { columns.contains($0.middle) && bottom[$0.middle] == "┬" }.map(\.box.id)
                for placed in below where columns.contains(placed.middle) && top[placed.middle] == "▼" {
                    needs[placed.box.id, default: []].formUnion(from)
                }
            }
            line += 1
        }
        return needs
    }

    /// The columns of each line that hangs together.
    private static func lines(in cells: [Character]) -> [ClosedRange<Int>] {
        var (lines, start) = ([ClosedRange<Int>](), 0)
        for (column, cell) in cells.enumerated() where !"┌└├─┴┬┼".contains(cell) {
            if cell != " " { lines.append(start...column) }
            start = column + 1
        }
        return lines
    }
}
