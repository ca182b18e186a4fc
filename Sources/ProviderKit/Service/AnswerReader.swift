import PipelineKit

/// Bytes that the answer of a model may have.
public let answerLimit = 64 << 20

/// Reads the body of an answer that succeeded, streamed or whole, wherever its pieces are cut.
struct AnswerReader<Draft: ReplyDraft> {
    private let host: String
    private let request: ModelRequest
    /// Bytes of the request.
    private let sent: Int
    private var events = ServerSentEventReader()
    private var draft: Draft
    private var form = Form.unknown
    /// A whole answer, or the beginning of a streamed one, to be quoted when it makes no sense.
    private var body: [UInt8] = []
    private var size = 0
    /// Whether the stream has said that it is over.
    var isDone: Bool { hasEnded || draft.isOver }
    private var hasEnded = false

    private enum Form {
        case unknown
        case stream
        /// The service did not stream although it was asked to.
        case whole
    }

    init(_ request: ModelRequest, of sent: Int, from host: String) {
        self.request = request
        draft = Draft(to: request)
        self.sent = sent
        self.host = host
    }

    mutating func take(_ bytes: [UInt8]) throws(Failure) -> [ModelPiece] {
        size += bytes.count
        guard size <= answerLimit else {
            throw Failure(.unavailable, "'\(host)' answered with more than \(ByteCount(bytes: answerLimit)).")
        }
        if form == .unknown, let first = bytes.first(where: { !whiteSpace.contains($0) }) {
            form = first == UInt8(ascii: "{") ? .whole : .stream  // no field of an event begins with a brace
        }
        if form == .whole || body.count < 1_024 { body += bytes }
        return form == .whole ? [] : try takeEvents(bytes)
    }

    private mutating func takeEvents(_ bytes: [UInt8]) throws(Failure) -> [ModelPiece] {
        var pieces: [ModelPiece] = []
        for event in try read(bytes) where !isDone {
            if let words = draft.addWords(event) {
                pieces.append(words)
            } else if event.elementsEqual("[DONE]".utf8) {
                hasEnded = true
            } else {
                pieces += try add(event)
            }
        }
        return pieces
    }

    private mutating func read(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        do throws(Failure) { return try events.takeData(bytes) } catch {
            throw Failure(.unavailable, "'\(host)' sent more than \(ByteCount(bytes: events.limit)) in one event.")
        }
    }

    private mutating func add(_ bytes: [UInt8]) throws(Failure) -> [ModelPiece] {
        // Bytes that are no UTF-8 are shown as such, as the standard of streams has it.
        let read = (try? JSONValue(parsing: bytes)) ?? (try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
        guard let chunk = read, case .object = chunk else {
            throw Failure(
                .unavailable,
                "'\(host)' sent a piece of an answer that is no JSON object: '\(printable(bytes))'."
            )
        }
        if let error = chunk.toldError {
            throw Refusal(host: host, request: request).failure(for: error)
        }
        return draft.add(chunk)
    }
}

extension AnswerReader {
    /// The reply, when the body has ended.
    ///
    /// - Parameter failure: Why the body ended, when the connection broke.
    /// - Returns: the pieces of an answer that was not streamed, and the reply.
    /// - Throws: the failure, or ``Failure/Kind/unavailable``, with what was read when the answer is not complete.
    mutating func finish(after failure: Failure?) throws(Failure) -> (pieces: [ModelPiece], reply: ModelReply) {
        if let failure, failure.kind == .cancelled { throw failure }
        var pieces: [ModelPiece] = []
        if form == .whole {
            if let failure { throw failure }
            pieces = try add(body)
        }
        let isWhole = form == .whole || isDone
        guard draft.stop != nil || isWhole && draft.hasBegun else { throw incomplete(after: failure) }
        return (pieces, try draft.reply(to: request, of: sent, from: host))
    }

    private func incomplete(after failure: Failure?) -> Failure {
        guard draft.hasBegun || body.isEmpty else {
            return failure ?? Failure(.unavailable, "'\(host)' did not answer as a model: '\(printable(body))'.")
        }
        let words = draft.text.isEmpty ? "before its first word" : "after '\(printable(draft.text.suffix(200)))'"
        let cut = "The answer of '\(host)' was cut \(words)."
        guard var failure else { return Failure(.unavailable, cut) }
        failure.message += " \(cut)"
        return failure
    }
}

extension JSONValue {
    /// What a service writes into a stream when it gives up: `{"error": {...}}`, `{"response": {"error": {...}}}`, or
    /// `{"type": "error", "message": "..."}`.
    fileprivate var toldError: JSONValue? {
        let places = [self["error"], self["response"]?["error"], self["type"] == "error" ? self : nil]
        return places.lazy.compactMap { $0 == .null ? nil : $0 }.first
    }
}

private let whiteSpace = Set(" \t\r\n".utf8)
