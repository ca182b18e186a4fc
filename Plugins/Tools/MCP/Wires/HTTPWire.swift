import PipelineKit
import RPCKit
import Synchronization

/// Streamable HTTP: a message is a POST, and its answer a JSON document or a stream of events (2025-11-25, transports).
///
/// The stream that a server may offer for what nobody asked is not opened: nothing but lists that changed comes that way.
final class HTTPWire: ServerWire {
    private struct State {
        /// `Mcp-Session-Id`
        var session: String?
        var agreement: Agreement?
        var end: Failure?
    }

    let identity: ServerIdentity
    let means: ServerMeans
    let talk: ServerTalk
    private let state = Mutex(State())

    init(_ identity: ServerIdentity, _ means: ServerMeans, _ talk: ServerTalk) {
        self.identity = identity
        self.means = means
        self.talk = talk
    }

    /// Tells the server that the session is over; nobody waits for what it says to that.
    deinit {
        guard let session = state.withLock(\.session), let request = try? request("DELETE", [], session: session) else {
            return
        }
        Task { [transport = means.transport] in _ = try? await transport.send(request) }
    }

    var end: Failure? { state.withLock(\.end) }
    /// Each request is answered by itself there, and none waits for another.
    func close() {}
    func lastWords() async -> String? { nil }
    func adopt(_ agreement: Agreement) { state.withLock { $0.agreement = agreement } }

    func notify(_ method: String) async { await post(.notification(method: method, params: nil)) }

    /// Says something to which nothing but "accepted" is answered.
    func post(_ message: RPCMessage) async {
        guard let request = try? request("POST", message.bytes, within: .seconds(20)) else { return }
        _ = try? await means.transport.send(request)
    }

    func call(_ call: WireCall, within patience: Duration) async throws(RPCFault) -> JSONValue {
        if let end { throw .gone(end) }
        let request = RPCRequest(.number(call.number), call.method, .object(call.params))
        let answer: HTTPAnswer.Answer
        do throws(Failure) {
            let headers = extraHeaders(call)
            let sent = try self.request("POST", RPCMessage.request(request).bytes, headers, within: patience)
            let response = try await means.transport.send(sent)
            if call.method == "initialize" { state.withLock { $0.session = response.headers["mcp-session-id"] } }
            answer = try await HTTPAnswer(self, request, patience).read(response)
        } catch {
            switch error.kind {
            case .timedOut, .cancelled:
                giveUp(request, error.kind)
                throw error.kind == .cancelled ? .cancelled : .timedOut
            default: throw .ended(error)
            }
        }
        return try answer.get()
    }

    /// Takes note that the server knows the session no more.
    func loseSession() -> Failure {
        let lost = Failure(.unavailable, "It has forgotten the session.")
        state.withLock {
            $0.session = nil
            $0.end = lost
        }
        return lost
    }

    var hasSession: Bool { state.withLock { $0.session != nil } }

    /// Whether a stream that broke can be taken up again.
    var canResume: Bool { state.withLock { $0.agreement?.style != .stateless } }

    /// The stateless revision takes a stream that is closed for a cancellation; before it, one is said.
    private func giveUp(_ request: RPCRequest, _ kind: Failure.Kind) {
        guard state.withLock({ $0.agreement?.style }) == .handshake else { return }
        let reason = kind == .timedOut ? "It took too long." : "The work was cancelled."
        let params: JSONValue = ["requestId": request.id.json, "reason": .string(reason)]
        Task { await post(.notification(method: "notifications/cancelled", params: params)) }
    }

    private func extraHeaders(_ call: WireCall) -> [TransportRequest.Header] {
        guard state.withLock({ $0.agreement?.style }) == .stateless else { return call.headers }
        let name: String? =
            switch call.method {
            case "tools/call", "prompts/get": call.params["name"]?.text
            case "resources/read": call.params["uri"]?.text
            default: nil
            }
        return [.init("Mcp-Method", call.method)]
            + (name.map { [.init("Mcp-Name", MirroredArguments.encoded($0))] } ?? []) + call.headers
    }

    func request(
        _ method: String,
        _ body: [UInt8],
        _ extra: [TransportRequest.Header] = [],
        session: String? = nil,
        within patience: Duration = .seconds(20)
    ) throws(Failure) -> TransportRequest {
        let declaration = identity.declaration
        var headers = try means.headers(declaration.headers, identity.name)
        headers.append(.init("Accept", method == "GET" ? "text/event-stream" : "application/json, text/event-stream"))
        if !body.isEmpty { headers.append(.init("Content-Type", "application/json")) }
        let known = state.withLock(\.self)
        if let session = session ?? known.session { headers.append(.init("Mcp-Session-Id", session)) }
        if let version = known.agreement?.version { headers.append(.init("MCP-Protocol-Version", version)) }
        return TransportRequest(
            method: method,
            url: declaration.url ?? "",
            headers: headers + extra,
            body: body,
            timeouts: .init(connect: min(.seconds(10), patience), firstByte: patience, idle: patience, total: patience)
        )
    }
}
