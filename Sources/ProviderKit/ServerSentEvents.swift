import Glibc
public import PipelineKit

/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Hashable {
    /// The event's name; `message` when the stream gave none.
    public var type: String
    /// The lines of data, joined with line feeds.
    public var data: String
    /// The last identifier the stream gave, up to this event; empty for none.
    public var lastID: String

    public init(type: String = "message", data: String, lastID: String = "") {
        self.type = type
        self.data = data
        self.lastID = lastID
    }
}

/// Reads a stream of events piece by piece, wherever the pieces are cut.
///
/// By the rules of the WHATWG HTML standard, 9.2.6: lines end with CR LF, LF or CR; a BOM at the start is dropped; an
/// event counts only when the blank line after it has come.
public struct ServerSentEventReader: Sendable {
    /// Bytes that one event may have.
    public let limit: Int
    /// Milliseconds after which the stream asks its reader to connect again, once it has.
    public private(set) var retryMilliseconds: Int?

    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedWithReturn = false
    private var size = 0
    private var type = ""
    private var data: [UInt8]?
    private var lastID = ""

    public init(limit: Int = 16 << 20) { self.limit = limit }

    /// The events that these bytes complete.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when an event is longer than the limit.
    public mutating func take(_ bytes: [UInt8]) throws(Failure) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        try read(bytes) { reader, data in
            let type = reader.type.isEmpty ? "message" : reader.type
            events.append(
                ServerSentEvent(type: type, data: String(decoding: data, as: UTF8.self), lastID: reader.lastID)
            )
        }
        return events
    }

    /// The data of the events that these bytes complete, which may be no UTF-8.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when an event is longer than the limit.
    mutating func takeData(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        var all: [[UInt8]] = []
        try read(bytes) { _, data in all.append(data) }
        return all
    }

    private mutating func read(_ bytes: [UInt8], _ dispatch: (Self, [UInt8]) -> Void) throws(Failure) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            if endedWithReturn, rest.first == lineFeed { rest.removeFirst() }
            if !bytes.isEmpty { endedWithReturn = false }
            while let end = endOfLine(in: rest) {
                try count(end - rest.startIndex)
                if let data = takeLine(UnsafeRawBufferPointer(rebasing: rest[..<end])) {
                    dispatch(self, data)
                    type = ""
                }
                let isReturn = rest[end] == carriageReturn
                rest = rest[(end + 1)...]
                if isReturn, rest.first == lineFeed {
                    rest.removeFirst()
                } else {
                    endedWithReturn = isReturn && rest.isEmpty
                }
            }
            try count(rest.count)
            line.append(contentsOf: rest)
        }
    }

    private mutating func count(_ bytes: Int) throws(Failure) {
        size += bytes
        guard size <= limit else {
            throw Failure(.unavailable, "The stream holds an event of more than \(ByteCount(bytes: limit)).")
        }
    }

    /// Takes a line, or the end of one that has begun before.
    ///
    /// - Returns: the event's data, when the line is the blank one after it.
    private mutating func takeLine(_ end: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !line.isEmpty || isFirstLine else { return takeWhole(end) }
        line.append(contentsOf: end)
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        let whole = line
        line.removeAll(keepingCapacity: whole.count < 64 << 10)
        return whole.withUnsafeBytes { takeWhole($0) }
    }

    private mutating func takeWhole(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
        guard !line.isEmpty else { return takeEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        guard colon > 0 else { return nil }  // a comment
        var value = line[min(colon + 1, line.count)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        note(line[..<colon], UnsafeRawBufferPointer(rebasing: value))
        return nil
    }

    private mutating func note(_ name: Slice<UnsafeRawBufferPointer>, _ value: UnsafeRawBufferPointer) {
        switch String(decoding: name, as: UTF8.self) {
        case "data": append(value)
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0): lastID = String(decoding: value, as: UTF8.self)
        case "retry" where value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }:
            retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
        default: break
        }
    }

    private mutating func append(_ value: UnsafeRawBufferPointer) {
        guard data != nil else {
            data = Array(value)
            return
        }
        data?.append(lineFeed)
        data?.append(contentsOf: value)
    }

    private mutating func takeEvent() -> [UInt8]? {
        defer { (data, size) = (nil, 0) }
        if data == nil { type = "" }
        return data
    }
}

/// Where the first CR or LF stands.
private func endOfLine(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    let buffer = UnsafeRawBufferPointer(rebasing: bytes)
    guard let start = buffer.baseAddress else { return nil }
    let feed = memchr(start, Int32(lineFeed), buffer.count).map { UnsafeRawPointer($0) - start }
    let carriage = memchr(start, Int32(carriageReturn), feed ?? buffer.count).map { UnsafeRawPointer($0) - start }
    return (carriage ?? feed).map { bytes.startIndex + $0 }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
