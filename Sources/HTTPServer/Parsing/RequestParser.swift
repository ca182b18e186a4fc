package import HTTPKit

/// Bytes to requests, one after the other, however they come; refuses what RFC 9112 refuses, and what is read in two
/// ways.
///
/// After an error nothing more can be read: where the next request would begin is not known.
package struct RequestParser: Sendable {
    package enum Piece: Sendable {
        /// The head has come; the limit of the body may be set by the route now.
        case head(RequestHead)
        /// The body has come, and with it the whole request.
        case body([UInt8])
    }

    private enum Stage: Sendable {
        case line(emptyLines: Int)
        case fields
        case body(left: Int)
        case chunks
    }

    package var limits: RequestLimits
    private var input = InputBuffer()
    private var stage = Stage.line(emptyLines: 0)
    // What has been read of the request; beside the stage, so that it grows in its place.
    private var line: RequestLine?
    private var fields = FieldLines()
    private var body: [UInt8] = []
    private var chunks = ChunkedBody()

    package init(limits: RequestLimits = RequestLimits()) { self.limits = limits }

    /// Whether a request has begun and not ended.
    var isAmidRequest: Bool {
        if case .line = stage { !input.isEmpty } else { true }
    }

    /// Whether what is missing belongs to the head.
    var isAmidHead: Bool {
        switch stage {
        case .line, .fields: true
        case .body, .chunks: false
        }
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(bytes) }

    /// Bytes that have come and were not read.
    var unread: Int { input.count }

    /// All bytes that were not read, for another protocol to read them.
    mutating func takeRest() -> [UInt8] { Array(input.take(input.count)) }

    /// - Returns: `nil` when more bytes are needed.
    package mutating func next() throws(HTTPError) -> Piece? {
        switch stage {
        case .line(let emptyLines): try readLine(after: emptyLines)
        case .fields: try readFields()
        case .body(let left): try readBody(left)
        case .chunks: try readChunks()
        }
    }

    /// An empty line before a request is passed over; RFC 9112, section 2.2.
    private mutating func readLine(after emptyLines: Int) throws(HTTPError) -> Piece? {
        guard let text = try input.line(limit: limits.line, tooLong: Self.tooLong(limits)) else { return nil }
        if text.isEmpty, emptyLines == 0 {
            stage = .line(emptyLines: 1)
        } else {
            line = try RequestLine(text)
            fields = FieldLines()
            stage = .fields
        }
        return try next()
    }

    private static func tooLong(_ limits: RequestLimits) -> HTTPError {
        HTTPError(.targetTooLong, "The request line may have \(limits.line) bytes; this one has more.")
    }

    private mutating func readFields() throws(HTTPError) -> Piece? {
        guard let line, try fields.read(&input, limits) else { return nil }
        let head = try RequestHead(line, fields.headers)
        switch head.framing {
        case .length(let length): stage = .body(left: length)
        case .chunked: stage = .chunks
        }
        return .head(head)
    }

    private mutating func readBody(_ left: Int) throws(HTTPError) -> Piece? {
        guard left <= limits.body - body.count else { throw .bodyTooLarge(limits.body) }
        let part = input.take(left)
        body += part
        stage = .body(left: left - part.count)
        return part.count == left ? end() : nil
    }

    private mutating func readChunks() throws(HTTPError) -> Piece? {
        guard try chunks.read(&input, limits) else { return nil }
        body = chunks.bytes
        chunks = ChunkedBody()
        return end()
    }

    private mutating func end() -> Piece {
        defer { body = [] }
        stage = .line(emptyLines: 0)
        return .body(body)
    }
}
