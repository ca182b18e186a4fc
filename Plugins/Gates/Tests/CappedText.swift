/// Text that is cut in its middle when it grows beyond a limit: tracebacks begin with where and end with why.
struct CappedText {
    /// Bytes of a test's message, at most, without the line that says how many were left out.
    static let messageLimit = 4_000

    private let headLimit: Int
    private let tailLimit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var total = 0

    /// - Parameter limit: Bytes that are kept, a quarter of them from the beginning.
    init(limit: Int = messageLimit) {
        headLimit = limit / 4
        tailLimit = limit - limit / 4
    }

    init(_ text: String, limit: Int) {
        self.init(limit: limit)
        append(text)
    }

    mutating func append(_ text: String) {
        let bytes = Array(text.utf8)
        total += bytes.count
        let room = headLimit - head.count
        head += bytes.prefix(room)
        tail += bytes.dropFirst(room)
        // Cut only when it has doubled, so that many small pieces cost what one large piece does.
        if tail.count > 2 * tailLimit { tail.removeFirst(tail.count - tailLimit) }
    }

    var value: String {
        guard total > headLimit + tailLimit else { return String(decoding: head + tail, as: UTF8.self) }
        let first = String(decoding: head.wholeCharacters, as: UTF8.self)
        let last = String(decoding: tail.suffix(tailLimit).drop { $0 & 0xC0 == 0x80 }, as: UTF8.self)
        return "\(first)\n[... \(total - first.utf8.count - last.utf8.count) bytes left out ...]\n\(last)"
    }
}

extension [UInt8] {
    /// Without the first bytes of a character that was cut.
    fileprivate var wholeCharacters: ArraySlice<UInt8> {
        guard let lead = lastIndex(where: { $0 & 0xC0 != 0x80 }), self[lead] >= 0xC0 else { return self[...] }
        return self[..<lead]
    }
}
