/// `[a-z_]`: one character of several.
struct GlobSet: Sendable, Hashable {
    private var ranges: [ClosedRange<Unicode.Scalar>] = []
    private var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated
    }

    /// Reads the set that begins at `index`, and moves behind it.
    init(_ text: [Unicode.Scalar], _ index: inout Int) throws(GlobMistake) {
        let end = try Self.end(in: text, from: index)
        var body = text[(index + 1)..<(end - 1)]
        if let first = body.first, first == "!" || first == "^" {
            isNegated = true
            body.removeFirst()
        }
        while let low = Self.take(&body) {
            guard body.count >= 2, body.first == "-" else {
                ranges.append(low...low)
                continue
            }
            body.removeFirst()
            let high = Self.take(&body) ?? low
            guard low <= high else { throw .emptyRange(low, high) }
            ranges.append(low...high)
        }
        index = end
    }

    private static func take(_ body: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
        if body.first == "\\", body.count > 1 { body.removeFirst() }
        return body.popFirst()
    }

    /// The index behind the set that begins at `start`; a `]` that comes first is one of its characters.
    static func end(in text: [Unicode.Scalar], from start: Int) throws(GlobMistake) -> Int {
        var index = start + 1
        if index < text.count, text[index] == "!" || text[index] == "^" { index += 1 }
        let first = index
        while index < text.count, text[index] != "]" || index == first {
            index += text[index] == "\\" ? 2 : 1
        }
        guard index < text.count else { throw .openSet }
        return index + 1
    }
}
