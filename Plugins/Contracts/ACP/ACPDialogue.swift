import FoundationEssentials
import PipelineEngine
import PipelineKit
import RPCKit
import Synchronization

/// What is answered to an editor.
final class ACPDialogue: Sendable {
    private let services: Services
    private let settings: ACPSettings
    private let line = ACPLine()
    private let sessions = Mutex<[String: ACPSession]>([:])

    init(_ services: Services, _ settings: ACPSettings) { (self.services, self.settings) = (services, settings) }

    /// Speaks over a peer, until that is closed.
    func start(over peer: RPCPeer) throws(Failure) {
        line.open(peer)
        var handler = RPCHandler(
            request: { [self] request throws(RPCError) in try await answer(request) },
            notification: { [self] method, params in
                guard method == "session/cancel", let session = session(params) else { return }
                Task { await session.cancel() }
            }
        )
        handler.answersGarbage = true
        try peer.start(handler)
    }

    func leaveAlone(_ run: RunID, _ reason: String) {
        for session in sessions.withLock({ Array($0.values) }) { Task { await session.leaveAlone(run, reason) } }
    }

    private func answer(_ request: RPCRequest) async throws(RPCError) -> JSONValue {
        let params = request.params
        switch request.method {
        case "initialize": return greet(params)
        case "authenticate": return [:]
        case "session/new": return try open(params)
        case "session/load": return try await load(params)
        case "session/prompt":
            guard let session = session(params) else { throw noSession(params) }
            let text = try PromptText.text(of: params?["prompt"])
            return ["stopReason": .string(try await session.prompt(text))]
        default: return try await RPCHandler.refuse(request)
        }
    }

    /// Version 1 is all that is spoken; an editor that cannot must not go on (initialization, version negotiation).
    private func greet(_ params: JSONValue?) -> JSONValue {
        let name = params?["clientInfo"]?["name"]?.text ?? ""
        if !name.isEmpty { line.client = String(name.filter { !$0.isNewline }.prefix(60)) }
        return [
            "protocolVersion": 1,
            "agentCapabilities": [
                "loadSession": true,
                "promptCapabilities": ["image": false, "audio": false, "embeddedContext": true],
                "mcpCapabilities": ["http": false, "sse": false],
            ],
            "agentInfo": ["name": "sluice", "title": "Sluice", "version": .string(settings.version)],
            "authMethods": [],
        ]
    }

    // MARK: - Sessions

    private func session(_ params: JSONValue?) -> ACPSession? {
        guard let id = params?["sessionId"]?.text else { return nil }
        return sessions.withLock { $0[id] }
    }

    private func noSession(_ params: JSONValue?) -> RPCError {
        let id = params?["sessionId"].map { String($0.jsonText.prefix(80)) } ?? "without a name"
        return RPCError(
            RPCError.invalidParams,
            "There is no session \(id). Begin one with session/new or session/load."
        )
    }

    private func open(_ params: JSONValue?) throws(RPCError) -> JSONValue {
        let session = ACPSession(RunID.new().value, in: try directory(params), services, settings, line)
        sessions.withLock { $0[session.id] = session }
        return ["sessionId": .string(session.id)]
    }

    private func load(_ params: JSONValue?) async throws(RPCError) -> JSONValue {
        guard let id = params?["sessionId"]?.text, RunID.isName(id) else { throw noSession(params) }
        let session = ACPSession(id, in: try directory(params), services, settings, line)
        try await session.replay()
        sessions.withLock { $0[id] = session }
        return [:]
    }

    /// The session's directory.
    private func directory(_ params: JSONValue?) throws(RPCError) -> String {
        let path = params?["cwd"]?.text ?? ""
        var isDirectory = false
        guard path.hasPrefix("/"), FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory
        else {
            throw RPCError(
                RPCError.invalidParams,
                "'cwd' must be the absolute path of a directory, but is '\(path.prefix(300))'."
            )
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
