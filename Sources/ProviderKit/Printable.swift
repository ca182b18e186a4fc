/// The beginning of a text that came from outside, fit for one line of a message: control characters are spaces, and
/// more than `limit` characters end in an ellipsis.
public func printable(_ text: some StringProtocol, limit: Int = 200) -> String {
    let clean = text.unicodeScalars.lazy.map { scalar -> Character in
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            ? " " : Character(scalar)
    }
    let words = String(clean.prefix(limit * 4)).split(separator: " ", omittingEmptySubsequences: true)
    let line = words.joined(separator: " ")
    return line.count > limit ? line.prefix(limit) + "…" : line
}

/// The beginning of some bytes that may be no text at all.
public func printable(_ bytes: [UInt8], limit: Int = 200) -> String {
    printable(String(decoding: bytes.prefix(limit * 8), as: UTF8.self), limit: limit)
}
