public import PipelineKit

/// How messages are told apart in a stream of bytes.
public enum RPCFraming: Sendable, Hashable {
    /// One on a line, as MCP and ACP have it.
    case lines
    /// Each behind a `Content-Length` header, as language servers have it (LSP 3.17, base protocol).
    case headers

    /// The bytes that carry a message.
    public func framed(_ message: RPCMessage) -> [UInt8] {
        let bytes = message.bytes
        switch self {
        case .lines: return bytes + [lineFeed]
        case .headers: return Array("Content-Length: \(bytes.count)\r\n\r\n".utf8) + bytes
        }
    }
}

/// Takes messages out of a stream of bytes, wherever its pieces are cut.
public struct RPCFrameReader: Sendable {
    private let framing: RPCFraming
    /// Bytes that one message may have.
    private let limit: Int
    private var gathered: [UInt8] = []
    /// How many of ``gathered`` are known to hold no end of a line.
    private var searched = 0

    public init(_ framing: RPCFraming, limit: Int) {
        self.framing = framing
        self.limit = limit
    }

    /// The messages that these bytes complete, each as it came; lines of nothing but blanks are none.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` for one that is too long, or a header that makes no sense. What comes after
    ///   that cannot be told apart any more.
    public mutating func take(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        gathered += bytes
        var frames: [[UInt8]] = []
        var start = 0
        while let (frame, end) = try next(from: start) {
            if !frame.isEmpty { frames.append(frame) }
            start = end
        }
        gathered.removeFirst(start)
        searched = max(0, searched - start)
        return frames
    }

    private mutating func next(from start: Int) throws(Failure) -> (frame: [UInt8], end: Int)? {
        switch framing {
        case .lines: try nextLine(from: start)
        case .headers: try nextBody(from: start)
        }
    }

    private mutating func nextLine(from start: Int) throws(Failure) -> (frame: [UInt8], end: Int)? {
        let end = gathered[max(start, searched)...].firstIndex(of: lineFeed)
        try expectWithinLimit((end ?? gathered.count) - start)
        searched = end.map { $0 + 1 } ?? gathered.count
        guard let end else { return nil }
        let line = gathered[start..<end]
        let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == carriageReturn }
        return (isBlank ? [] : Array(line), end + 1)
    }

    private mutating func nextBody(from start: Int) throws(Failure) -> (frame: [UInt8], end: Int)? {
        guard let (fields, body) = try head(from: start) else { return nil }
        let length = try length(in: fields)
        try expectWithinLimit(length)
        guard gathered.count - body >= length else { return nil }
        return (Array(gathered[body..<body + length]), body + length)
    }

    /// The lines before a message, and where the message begins.
    private func head(from start: Int) throws(Failure) -> (lines: [[UInt8]], body: Int)? {
        var (lines, place): ([[UInt8]], Int) = ([], start)
        while let end = gathered[place...].prefix(Self.headLimit).firstIndex(of: lineFeed) {
            var line = gathered[place..<end]
            if line.last == carriageReturn { line.removeLast() }
            place = end + 1
            if line.isEmpty { return (lines, place) }
            lines.append(Array(line))
            guard place - start <= Self.headLimit else { break }
        }
        guard gathered.count - start <= Self.headLimit else {
            let what = quoted(Array(gathered[start...].prefix(200)))
            throw Failure(.unavailable, "\(what) was read where a header 'Content-Length: 123' should be.")
        }
        return nil
    }

    private func length(in lines: [[UInt8]]) throws(Failure) -> Int {
        for line in lines {
            let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            let digits = String(parts[1]).trimmed
            if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(digits) { return length }
        }
        let what = quoted(Array(lines.joined(separator: [0x20])))
        throw Failure(.unavailable, "\(what) was read where a header 'Content-Length: 123' should be.")
    }

    private func expectWithinLimit(_ count: Int) throws(Failure) {
        guard count <= limit else {
            throw Failure(
                .unavailable,
                "A message has more than \(ByteCount(bytes: limit)), which is the most that is taken."
            )
        }
    }

    /// Bytes that the headers of one message may have.
    private static let headLimit = 4_096
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
