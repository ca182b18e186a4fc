extension Unicode.Scalar {
    /// Whether it can be shown to a person and written into a comment: it ends no line, moves no cursor, turns nothing
    /// round.
    fileprivate var isPlain: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension StringProtocol {
    var isPlain: Bool { unicodeScalars.allSatisfy(\.isPlain) }

    /// What a file says, in one line for a person.
    var oneLine: String {
        var shown = ""
        shown.unicodeScalars.append(contentsOf: unicodeScalars.filter { $0.isPlain || $0.properties.isWhitespace })
        let plain = shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return plain.count > 60 ? "\(plain.prefix(59))…" : plain
    }
}
