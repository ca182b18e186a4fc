/// `src/{a,b}.py` as `src/a.py` and `src/b.py`.
enum BraceExpansion {
    /// How many patterns one may stand for.
    static let most = 256

    static func expand(_ text: [Unicode.Scalar]) throws(GlobMistake) -> [[Unicode.Scalar]] {
        var done: [[Unicode.Scalar]] = []
        var open = [text]
        while let next = open.popLast() {
            if let parts = try alternatives(in: next) {
                open += parts.reversed()
            } else {
                done.append(next)
            }
            guard done.count + open.count <= most else { throw .tooMany }
        }
        return done
    }

    /// The text with its first brace replaced by each thing in it; `nil` when there is none.
    private static func alternatives(in text: [Unicode.Scalar]) throws(GlobMistake) -> [[Unicode.Scalar]]? {
        var scan = BraceScan(text: text)
        guard try scan.findOpening() else { return nil }
        let opening = scan.index
        let (borders, closing) = try scan.borders()
        let starts = [opening + 1] + borders.map { $0 + 1 }
        let ends = borders + [closing]
        return zip(starts, ends).map { Array(text[..<opening] + text[$0..<$1] + text[(closing + 1)...]) }
    }
}

/// Goes through a pattern and steps over what is escaped or in a set.
private struct BraceScan {
    let text: [Unicode.Scalar]
    var index = 0

    init(text: [Unicode.Scalar]) { self.text = text }

    mutating func findOpening() throws(GlobMistake) -> Bool {
        while index < text.count, text[index] != "{" { try step() }
        return index < text.count
    }

    /// Where the commas of the brace at `index` are, and where it ends.
    mutating func borders() throws(GlobMistake) -> (commas: [Int], closing: Int) {
        var commas: [Int] = []
        var depth = 0
        while index < text.count {
            switch text[index] {
            case "{": depth += 1
            case "}": depth -= 1
            case "," where depth == 1: commas.append(index)
            default: break
            }
            if depth == 0 { return (commas, index) }
            try step()
        }
        throw .openBrace
    }

    private mutating func step() throws(GlobMistake) {
        switch text[index] {
        case "\\":
            guard index + 1 < text.count else { throw .openEscape }
            index += 2
        case "[":
            index = try GlobSet.end(in: text, from: index)
        default:
            index += 1
        }
    }
}
