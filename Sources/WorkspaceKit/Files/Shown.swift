extension StringProtocol {
    /// The text as it may stand in a sentence: control characters escaped, and no more than 200 characters.
    var shown: String {
        let start = prefix(200)
        let text = start.unicodeScalars.reduce(into: "") { $0 += $1.isControl ? $1.escaped(asASCII: true) : String($1) }
        return start.endIndex == endIndex ? text : text + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control || properties.generalCategory == .format }
}
