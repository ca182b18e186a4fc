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

    init(bytes: [UInt8], total: Int, isCut: Bool) {
        self.bytes = bytes
        self.total = total
        self.isCut = isCut
    }

    /// The output as text; bytes that are no UTF-8 become U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Takes output of any length in bounded memory.
struct OutputCollector: Sendable {
    private let limit: OutputLimit
    private var head: [UInt8] = []
    /// The last bytes after the head: in order until it is full, and from then on a ring that begins at `oldest`.
    private var tail: [UInt8] = []
    private var oldest = 0
    private(set) var total = 0

    init(_ limit: OutputLimit) { self.limit = limit }

    mutating func append(_ bytes: some RandomAccessCollection<UInt8>) {
        total += bytes.count
        let forHead = min(bytes.count, limit.head - head.count)
        head.append(contentsOf: bytes.prefix(forHead))
        let rest = bytes.dropFirst(forHead).suffix(limit.tail)
        let forTail = min(rest.count, limit.tail - tail.count)
        tail.append(contentsOf: rest.prefix(forTail))
        for byte in rest.dropFirst(forTail) {
            tail[oldest] = byte
            oldest = oldest + 1 == limit.tail ? 0 : oldest + 1
        }
    }

    /// What is kept; a character that the cut went through is left out too.
    var capped: CappedOutput {
        let end = Array(tail[oldest...] + tail[..<oldest])
        guard total > head.count + end.count else { return CappedOutput(bytes: head + end) }
        let first = head.dropLast(UTF8Border.incompleteSuffix(of: head))
        let last = end.dropFirst(UTF8Border.continuationPrefix(of: end))
        var bytes = Array(first)
        if let byte = first.last, byte != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        bytes += "[... \(total - first.count - last.count) bytes left out ...]\n".utf8
        return CappedOutput(bytes: bytes + last, total: total, isCut: true)
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
