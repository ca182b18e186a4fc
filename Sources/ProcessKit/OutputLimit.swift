/// How much of a long output is kept: its beginning and its end.
public struct OutputLimit: Sendable, Hashable {
    /// Bytes kept from the beginning.
    public var head: Int
    /// Bytes kept from the end.
    public var tail: Int

    public init(head: Int, tail: Int) {
        self.head = max(0, head)
        self.tail = max(0, tail)
    }

    /// A megabyte from each end.
    public static let standard = OutputLimit(head: 1 << 20, tail: 1 << 20)
}

/// Output of a command, or its two ends when there was too much.
public struct CappedOutput: Sendable, Hashable {
    /// The output; where some was left out a line says how much: `[... 1234567 bytes left out ...]`.
    public var bytes: [UInt8]
    /// How many bytes the command printed.
    public var total: Int
    public var isCut: Bool

    public init(bytes: [UInt8] = []) {
        self.init(bytes: bytes, total: bytes.count, isCut: false)
    }

    private init(bytes: [UInt8], total: Int, isCut: Bool) {
        self.bytes = bytes
        self.total = total
        self.isCut = isCut
    }

    /// The output as text; bytes that are no UTF-8 become U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The output under a smaller limit.
    public func capped(to limit: OutputLimit) -> CappedOutput {
        guard bytes.count > limit.head + limit.tail else { return self }
        return CappedOutput(cutting: bytes.prefix(limit.head), bytes.suffix(limit.tail), of: total)
    }

    /// Joins the two ends of an output; a character that the cut went through is left out too.
    init(cutting head: ArraySlice<UInt8>, _ tail: ArraySlice<UInt8>, of total: Int) {
        let first = head.dropLast(UTF8Border.incompleteSuffix(of: head))
        let last = tail.dropFirst(UTF8Border.continuationPrefix(of: tail))
        let newline = first.isEmpty || first.last == UInt8(ascii: "\n") ? "" : "\n"
        let line = "\(newline)[... \(total - first.count - last.count) bytes left out ...]\n"
        self.init(bytes: Array(first) + Array(line.utf8) + last, total: total, isCut: true)
    }
}

/// Takes output of any length in bounded memory: the head and twice the tail.
struct OutputCollector: Sendable {
    private let limit: OutputLimit
    private var head: [UInt8] = []
    /// What came after the head, or at least the last ``OutputLimit/tail`` bytes of it.
    private var tail: [UInt8] = []
    private var total = 0

    init(_ limit: OutputLimit) { self.limit = limit }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        total += bytes.count
        let forHead = min(bytes.count, limit.head - head.count)
        head += UnsafeRawBufferPointer(rebasing: bytes[..<forHead])
        tail += UnsafeRawBufferPointer(rebasing: bytes[forHead...].suffix(limit.tail))
        // Dropping only when half is too much moves each byte once, not once a read.
        if tail.count > 2 * limit.tail { tail.removeFirst(tail.count - limit.tail) }
    }

    /// What is kept.
    var capped: CappedOutput {
        let end = tail.suffix(limit.tail)
        guard total > head.count + end.count else { return CappedOutput(bytes: head + end) }
        return CappedOutput(cutting: head[...], end, of: total)
    }
}

/// Where characters begin and end in UTF-8; RFC 3629, section 3.
enum UTF8Border {
    /// How many bytes at the end begin a character that is not complete yet; at most 3.
    static func incompleteSuffix(of bytes: some BidirectionalCollection<UInt8>) -> Int {
        let continuation = bytes.reversed().prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        guard let lead = bytes.dropLast(continuation).last else { return 0 }
        let length = length(of: lead)
        return length > continuation + 1 ? continuation + 1 : 0
    }

    /// How many bytes at the beginning belong to a character that began before; at most 3.
    static func continuationPrefix(of bytes: some Collection<UInt8>) -> Int {
        bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
    }

    private static func length(of lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}
