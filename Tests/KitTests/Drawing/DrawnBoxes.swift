import PipelineTesting

@testable import DrawingKit

/// Makes drawings of all kinds of boxes, needing each other in every way.
struct DrawnBoxes {
    fileprivate var dice: Dice

    static func drawing(seed: UInt64) -> Drawing {
        var maker = DrawnBoxes(dice: Dice(seed: seed))
        return maker.drawing()
    }

    private mutating func drawing() -> Drawing {
        let count = dice.roll(1...12)
        let most = dice.roll(0...3)
        let boxes = (0..<count).map { index in
            let needs = Set((0..<dice.roll(0...most)).compactMap { _ in index == 0 ? nil : dice.roll(0...index - 1) })
            let names = needs.sorted().map { "s\($0)" }
            let told = names.isEmpty ? nil : "needs: \(names.joined(separator: ", "))"
            let lines = ["s\(index)"] + (0..<dice.roll(0...3)).map { _ in text() }
            return Drawing.Box("s\(index)", dice.pick(Drawing.Box.Kind.allCases), lines, needs: names, told: told)
        }
        return Drawing(boxes, back: Drawing.Return(to: ["s0"], words: "again"))
    }

    /// Words that are short, long, wide, marked, and such as a terminal would obey.
    private mutating func text() -> String {
        let words = [
            "model: openai/gpt-5.2", "x", String(repeating: "long", count: 20), "\u{1b}[31mred\u{1b}[0m", "a\tb",
            "a\r\nb",
            "判定する門", "👩‍👩‍👧", "e\u{301}", "\u{301}", "\u{202E}tide", "\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}", "\"]; end",
            "\u{9b}2J", "", "  ",
        ]
        return (0..<dice.roll(1...6)).map { _ in dice.pick(words) }.joined(separator: " ")
    }
}
