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

    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedWithReturn = false
    private var size = 0
    private var type = ""
    private var data: String?
    private var lastID = ""

    public init(limit: Int = 16 << 20) { self.limit = limit }

    /// The events that these bytes complete.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when an event is longer than the limit.
    public mutating func take(_ bytes: [UInt8]) throws(Failure) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var rest = bytes[...]
        if endedWithReturn, rest.first == lineFeed { rest.removeFirst() }
        if !bytes.isEmpty { endedWithReturn = false }
        while let end = rest.firstIndex(where: { $0 == lineFeed || $0 == carriageReturn }) {
            try gather(rest[..<end])
            if let event = endLine() { events.append(event) }
            let isReturn = rest[end] == carriageReturn
            rest = rest[(end + 1)...]
            if isReturn, rest.first == lineFeed {
                rest.removeFirst()
            } else {
                endedWithReturn = isReturn && rest.isEmpty
            }
        }
        try gather(rest)
        return events
    }

    private mutating func gather(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        size += bytes.count
        guard size <= limit else {
            throw Failure(.unavailable, "The stream holds an event of more than \(ByteCount(bytes: limit)).")
        }
        line.append(contentsOf: bytes)
    }

    private mutating func endLine() -> ServerSentEvent? {
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        isFirstLine = false
        guard !line.isEmpty else { return dispatch() }
        if let (name, value) = field() { note(name, value) }
        line.removeAll(keepingCapacity: true)
        return nil
    }

    /// `nil` for a comment.
    private func field() -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            return (String(decoding: line, as: UTF8.self), "")
        }
        guard colon > 0 else { return nil }
        var value = line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private mutating func note(_ name: String, _ value: String) {
        switch name {
        case "event": type = value
        case "data": data = data.map { "\($0)\n\(value)" } ?? value
        case "id" where !value.utf8.contains(0): lastID = value
        case "retry" where value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }:
            retryMilliseconds = Int(value) ?? retryMilliseconds
        default: break
        }
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer { (type, data, size) = ("", nil, 0) }
        return data.map { ServerSentEvent(type: type.isEmpty ? "message" : type, data: $0, lastID: lastID) }
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
