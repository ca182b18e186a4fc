/// A place in a text, shown by its line and a caret below it.
struct SQLPlace {
    let text: String

    /// - Parameter offset: Bytes from the beginning; `nil` is made of one that is not in the text.
    init?(_ sql: String, offset: Int) {
        let bytes = Array(sql.utf8)
        guard bytes.indices.contains(offset) else { return nil }
        let isBreak = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        let start = bytes[..<offset].lastIndex(where: isBreak).map { $0 + 1 } ?? 0
        let end = bytes[offset...].firstIndex(where: isBreak) ?? bytes.endIndex
        // As much of a long line as a person can take in.
        let before = String(decoding: bytes[start..<offset], as: UTF8.self).suffix(60)
        let after = String(decoding: bytes[offset..<end], as: UTF8.self).prefix(60)
        let space = before.map { $0 == "\t" ? "\t" : " " }.joined()
        text = "\n  \(before)\(after)\n  \(space)^"
    }
}
