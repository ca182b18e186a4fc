import PipelineKit
import ProviderKit
import RPCKit

/// Reads what a server answers to one POST.
struct HTTPAnswer {
    private let wire: HTTPWire
    private let request: RPCRequest
    private let patience: Duration

    init(_ wire: HTTPWire, _ request: RPCRequest, _ patience: Duration) {
        self.wire = wire
        self.request = request
        self.patience = patience
    }

    typealias Answer = Result<JSONValue, RPCFault>

    /// - Throws: ``Failure`` for what the network did, or a person has to mend.
    func read(_ response: TransportResponse) async throws(Failure) -> Answer {
        guard response.status == 200 else { return try await refusal(response) }
        let type = response.headers["content-type", default: ""].lowercased()
        if type.hasPrefix("text/event-stream") { return try await events(response) }
        let body = try await whole(response)
        if type.hasPrefix("application/json"), let answer = try answer(in: RPCMessage(parsing: body)) { return answer }
        throw Failure(.unavailable, "It sent \(printable(body, limit: 120)) as '\(type)', which is no answer.")
    }

    private func refusal(_ response: TransportResponse) async throws(Failure) -> Answer {
        let body = try await whole(response)
        let server = "MCP server '\(wire.identity.name)'"
        switch response.status {
        case 401, 403:
            throw Failure(
                .denied,
                """
                \(server) does not let this program in (HTTP \(response.status)). Give its key among the 'headers' of the \
                server, such as 'Authorization: Bearer env:TOKEN'; signing in by OAuth is not spoken here.
                """
            )
        case 404 where wire.hasSession: return .failure(.gone(wire.loseSession()))
        case 300..<400:
            let target = Untrusted.quoted(response.headers["location"] ?? "", most: 200)
            throw Failure(.invalidInput, "\(server) has moved to \(target). Give that as its 'url' if you trust it.")
        default: break
        }
        // The reason may stand in the body, with no id when the message was not even read.
        if case .refusal(_, let error)? = try? RPCMessage(parsing: body) { return .failure(.refused(error)) }
        let said = printable(body, limit: 200)
        let words = "HTTP \(response.status)" + (said.isEmpty ? "" : ": \(said)")
        // What knows nothing of the method, or of the way it is asked, says so at the level of HTTP.
        if [400, 404, 405, 406, 415].contains(response.status) {
            return .failure(.refused(RPCError(RPCError.methodNotFound, words)))
        }
        throw Failure(.unavailable, "It answered with \(words).")
    }

    private func answer(in message: RPCMessage) throws(Failure) -> Answer? {
        switch message {
        case .result(request.id, let result): return .success(result)
        case .refusal(let id, let error) where id == nil || id == request.id: return .failure(.refused(error))
        case .notification(let method, let params): wire.talk.take(method, params)
        case .request(let asked):
            let answer: RPCMessage
            do throws(RPCError) { answer = .result(asked.id, try wire.talk.answer(asked)) } catch {
                answer = .refusal(asked.id, error)
            }
            Task { [wire] in await wire.post(answer) }
        default: break
        }
        return nil
    }

    private func whole(_ response: TransportResponse) async throws(Failure) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await response.body.next() {
            body += piece
            guard body.count <= ProgramWire.mostBytes else {
                let most = ByteCount(bytes: ProgramWire.mostBytes)
                throw Failure(.unavailable, "Its answer has more than \(most), which is the most that is taken.")
            }
        }
        return body
    }
}

// Streams of events.
extension HTTPAnswer {
    private func events(_ first: TransportResponse) async throws(Failure) -> Answer {
        var (stream, place, broken) = (first, EventPlace(), 0)
        let deadline = ContinuousClock.now + patience
        while true {
            if let answer = try await answer(in: stream, &place) { return answer }
            broken = place.hasMoved ? 0 : broken + 1
            place.hasMoved = false
            guard let last = place.lastID, wire.canResume, broken < Self.mostBreaks else {
                throw Failure(.unavailable, "Its stream of events ended before the answer came.")
            }
            let rest = ContinuousClock.now.duration(to: deadline)
            guard rest > place.pause else { throw Failure(.timedOut, "No answer came in time.") }
            do { try await Task.sleep(for: place.pause) } catch { throw Failure(.cancelled, "The work was cancelled.") }
            stream = try await resumed(after: last, within: rest)
        }
    }

    /// Reads to the end of a stream; a break is an end.
    private func answer(in stream: TransportResponse, _ place: inout EventPlace) async throws(Failure) -> Answer? {
        var reader = ServerSentEventReader(limit: ProgramWire.mostBytes)
        while let piece = try await next(of: stream) {
            let events = try reader.take(piece)
            place.note(events, reader.retryMilliseconds)
            for event in events where event.type == "message" && !event.data.isEmpty {
                if let answer = try answer(in: RPCMessage(parsing: Array(event.data.utf8))) { return answer }
            }
        }
        return nil
    }

    private func next(of stream: TransportResponse) async throws(Failure) -> [UInt8]? {
        do throws(Failure) { return try await stream.body.next() } catch {
            guard error.kind == .unavailable else { throw error }
            return nil
        }
    }

    private func resumed(after last: String, within rest: Duration) async throws(Failure) -> TransportResponse {
        let again = try wire.request("GET", [], [.init("Last-Event-ID", last)], within: rest)
        let response = try await wire.means.transport.send(again)
        guard response.status == 200, response.headers["content-type", default: ""].hasPrefix("text/event-stream")
        else {
            throw Failure(
                .unavailable,
                "Its stream of events broke, and it does not take it up again (HTTP \(response.status))."
            )
        }
        return response
    }

    /// Streams that end without a single event, one after the other.
    private static let mostBreaks = 3
}

/// How far a stream of events was read.
private struct EventPlace {
    var lastID: String?
    var hasMoved = false
    private var retry: Int?

    /// How long to wait before the stream is asked for again: what the server says, within bounds.
    var pause: Duration { .milliseconds(min(max(retry ?? 500, 10), 10_000)) }

    mutating func note(_ events: [ServerSentEvent], _ retry: Int?) {
        if !events.isEmpty { hasMoved = true }
        if let id = events.last?.lastID, !id.isEmpty { lastID = id }
        self.retry = retry ?? self.retry
    }
}
