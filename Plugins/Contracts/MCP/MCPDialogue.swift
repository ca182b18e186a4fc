import HTTPKit
import PipelineKit
import RPCKit
import Synchronization

/// What is answered to a client, in either of the two ways of the protocol.
///
/// 2025-11-25 begins with `initialize`, which says once who the client is; in 2026-07-28 each request says so itself
/// (<https://modelcontextprotocol.io/specification>).
final class MCPDialogue: Sendable {
    private struct State {
        /// Who shook hands; `nil` before.
        var greeted: Client?
        /// Held by whoever holds the channel too.
        weak var peer: RPCPeer?
    }

    /// What a client says of itself.
    private struct Client {
        var name: String
        var capabilities: JSONValue
        var isStateless = false

        /// Whether it can show its person a form; one that names no modes has that one (2025-11-25, elicitation).
        var hasForms: Bool {
            guard let elicitation = capabilities["elicitation"], elicitation != .null else { return false }
            return elicitation.members.isEmpty || elicitation["form"] != nil
        }
    }

    private let tools: [ServedTool]
    private let version: String
    private let work = OpenWork()
    private let state = Mutex(State())

    init(_ desk: Desk) {
        tools = desk.tools
        version = desk.settings.version
    }

    /// Speaks over a peer, until that is closed.
    func start(over peer: RPCPeer) throws(Failure) {
        state.withLock { $0.peer = peer }
        var handler = RPCHandler(
            request: { [self] request throws(RPCError) in
                try await work.doing(request.id) { [self] () async throws(RPCError) in try await answer(request) }
            },
            notification: { [self] method, params in
                guard method == "notifications/cancelled", let id = params?["requestId"].flatMap(RPCID.init) else {
                    return
                }
                work.cancel(id)
            }
        )
        handler.answersGarbage = true
        try peer.start(handler)
    }

    func end() { work.cancelAll() }

    // MARK: - Requests

    private func answer(_ request: RPCRequest) async throws(RPCError) -> JSONValue {
        let client = try client(of: request)
        switch request.method {
        case "initialize" where !client.isStateless: return greet(request, client)
        case "ping" where !client.isStateless: return [:]
        case "server/discover" where client.isStateless: return complete(about, for: client, isLasting: true)
        case "tools/list":
            return complete(["tools": .array(tools.map(\.json))], for: client, isLasting: true)
        case "tools/call": return try await call(request, client)
        default: return try await RPCHandler.refuse(request)
        }
    }

    private func client(of request: RPCRequest) throws(RPCError) -> Client {
        let meta = request.params?["_meta"]
        if let version = meta?[MCPWords.version] {
            guard version == .string(MCPWords.stateless) else {
                let supported = MCPWords.all.map(JSONValue.string)
                throw RPCError(
                    MCPWords.unsupported,
                    "Protocol version \(version.jsonText.shortened(to: 40)) is not spoken here.",
                    data: ["supported": .array(supported), "requested": version]
                )
            }
            return Client(
                name: Self.name(meta?[MCPWords.client]),
                capabilities: meta?[MCPWords.capabilities] ?? [:],
                isStateless: true
            )
        }
        if request.method == "initialize" {
            let params = request.params
            return Client(name: Self.name(params?["clientInfo"]), capabilities: params?["capabilities"] ?? [:])
        }
        if let greeted = state.withLock(\.greeted) { return greeted }
        guard request.method == "ping" else {
            throw RPCError(
                RPCError.invalidRequest,
                "'\(request.method.shortened(to: 80))' came before 'initialize', and does not name a protocol version in '_meta'."
            )
        }
        return Client(name: "", capabilities: [:])
    }

    private static func name(_ info: JSONValue?) -> String {
        let name = info?["name"]?.text?.shortened(to: 60) ?? ""
        return name.isEmpty ? "unnamed" : name
    }

    // MARK: - Who is spoken with

    private var about: [String: JSONValue] {
        [
            "supportedVersions": .array(MCPWords.all.map(JSONValue.string)), "capabilities": capabilities,
            "instructions": .string(MCPWords.instructions),
        ]
    }

    private var capabilities: JSONValue { ["tools": [:]] }
    private var info: JSONValue { ["name": "sluice", "title": "Sluice", "version": .string(version)] }

    /// What the client asks to speak is spoken where it is known; else it is told what is.
    private func greet(_ request: RPCRequest, _ client: Client) -> JSONValue {
        state.withLock { $0.greeted = client }
        let asked = request.params?["protocolVersion"]?.text ?? ""
        return [
            "protocolVersion": .string(MCPWords.handshakes.contains(asked) ? asked : MCPWords.handshake),
            "capabilities": capabilities, "serverInfo": info, "instructions": .string(MCPWords.instructions),
        ]
    }

    /// A result with what each result of the stateless revision says besides.
    private func complete(_ result: [String: JSONValue], for client: Client, isLasting: Bool = false) -> JSONValue {
        guard client.isStateless else { return .object(result) }
        var result = result
        result["resultType"] = result["resultType"] ?? "complete"
        result["_meta"] = [MCPWords.server: info]
        if isLasting {
            result["ttlMs"] = .int(MCPWords.lifetime)
            result["cacheScope"] = "private"
        }
        return .object(result)
    }

    // MARK: - Calls

    private func call(_ request: RPCRequest, _ client: Client) async throws(RPCError) -> JSONValue {
        let name = request.params?["name"]?.text ?? ""
        guard let tool = tools.first(where: { $0.name == name }) else {
            let near = Suggestion.sentence(for: name, among: tools.map(\.name))
            throw RPCError(RPCError.invalidParams, "There is no tool '\(name.shortened(to: 80))'.\(near)")
        }
        let answer: ToolAnswer
        do throws(HTTPError) {
            answer = try await tool.call(request.params?["arguments"] ?? [:], by: caller(request, client))
        } catch {
            return complete(["content": [Self.block(error.message)], "isError": true], for: client)
        }
        switch answer {
        case .document(let json):
            return complete(["content": [Self.block(json.jsonText)], "structuredContent": json], for: client)
        case .text(let text, let note):
            let pieces = text.isEmpty ? [note] : [text, note]
            return complete(["content": .array(pieces.map(Self.block))], for: client)
        case .question(let question): return complete(question.asResult, for: client)
        }
    }

    private static func block(_ text: String) -> JSONValue { ["type": "text", "text": .string(text)] }

    private func caller(_ request: RPCRequest, _ client: Client) -> ToolCaller {
        ToolCaller(name: client.name, progress: progress(request), asking: asking(request, client))
    }

    private func progress(_ request: RPCRequest) -> (@Sendable (Int, String) -> Void)? {
        guard let token = request.params?["_meta"]?["progressToken"], RPCID(token) != nil else { return nil }
        return { [self] done, message in
            let peer = state.withLock(\.peer)
            peer?.notify(
                "notifications/progress",
                ["progressToken": token, "progress": .int(done), "message": .string(message)]
            )
        }
    }

    private func asking(_ request: RPCRequest, _ client: Client) -> ToolCaller.Asking {
        guard client.hasForms else { return .impossible }
        guard !client.isStateless else {
            guard let result = request.params?["inputResponses"]?[PersonQuestion.key],
                let state = request.params?["requestState"]?.text
            else { return .between(nil) }
            return .between(PersonAnswer(state: state, result: result))
        }
        return .during { [self] form throws(HTTPError) in
            guard let peer = state.withLock(\.peer) else { throw HTTPError(.conflict, "The client has ended.") }
            do throws(RPCFault) {
                return try await peer.call("elicitation/create", form, within: MCPWords.patience)
            } catch {
                throw HTTPError(
                    .conflict,
                    "The client did not bring an answer: \(error.words) The question is still open."
                )
            }
        }
    }
}

extension RPCFault {
    fileprivate var words: String {
        switch self {
        case .refused(let error): "it said '\(error.message.shortened(to: 200))'."
        case .timedOut: "nobody answered within an hour."
        case .cancelled: "the call was taken back."
        case .gone, .ended: "it has ended."
        }
    }
}
