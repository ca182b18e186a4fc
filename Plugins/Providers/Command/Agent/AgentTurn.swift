import PipelineKit
import ProcessKit
import ProviderKit
import RPCKit
import Synchronization

/// One reply of an agent: it is started, told what is wanted, listened to, and ended with everything it started.
///
/// Sluice is the client here, and one that offers nothing: no files, no terminals (<https://agentclientprotocol.com>).
final class AgentTurn: Sendable {
    private struct State {
        var draft = AgentDraft()
        var lastHeard = ContinuousClock.now
        var hasBegun = false
        /// Why it was ended.
        var lateness: String?
    }

    private let request: ModelRequest
    private let command: Command
    private let settings: CommandSettings
    private let emit: @Sendable (ModelPiece) -> Void
    private let state = Mutex(State())

    init(
        _ request: ModelRequest,
        _ command: Command,
        _ settings: CommandSettings,
        _ emit: @escaping @Sendable (ModelPiece) -> Void
    ) {
        (self.request, self.command, self.settings, self.emit) = (request, command, settings, emit)
    }

    /// - Parameter directory: Absolute path of what it is to work on.
    func reply(in directory: String) async throws(Failure) -> ModelReply {
        let peer = RPCPeer(over: CompanionChannel(try await Companion.start(command)), .lines)
        defer { peer.close() }
        try peer.start(handler)
        let session = try await begin(peer, directory)
        let prompt = request.asPrompt
        let params: JSONValue = ["sessionId": session, "prompt": [["type": "text", "text": .string(prompt)]]]
        let watch = Task { await self.watch(peer) }
        defer { watch.cancel() }
        let response = try await ask(peer, "session/prompt", params, within: settings.totalTimeout)
        let (draft, problem) = state.withLock { state in
            let problem = state.draft.finish(response)
            return (state.draft, problem)
        }
        if let problem {
            throw Failure(.unavailable, "'\(command)' stopped with \(problem), which ends no reply.", mayHaveCost: true)
        }
        guard !draft.isTooLong else {
            let most = ByteCount(bytes: answerLimit)
            throw Failure(.unavailable, "'\(command)' said more than \(most).", mayHaveCost: true)
        }
        return try draft.reply(to: request, of: prompt.utf8.count, from: "\(command)")
    }

    /// - Returns: the session's id.
    private func begin(_ peer: RPCPeer, _ directory: String) async throws(Failure) -> JSONValue {
        let greeting: JSONValue = [
            "protocolVersion": 1, "clientInfo": ["name": "sluice", "version": "1"],
            "clientCapabilities": ["fs": ["readTextFile": false, "writeTextFile": false], "terminal": false],
        ]
        let about = try await ask(peer, "initialize", greeting, within: settings.firstByteTimeout)
        guard about["protocolVersion"] == 1 else {
            let version = printable(about["protocolVersion"]?.jsonText ?? "none", limit: 40)
            throw Failure(
                .missing,
                "'\(command)' speaks version \(version) of the Agent Client Protocol, and here 1 is spoken."
            )
        }
        let place: JSONValue = ["cwd": .string(directory), "mcpServers": []]
        let new = try await ask(peer, "session/new", place, within: settings.firstByteTimeout)
        guard let session = new["sessionId"], session.text != nil else {
            throw Failure(.unavailable, "'\(command)' answered 'session/new' without a 'sessionId'.")
        }
        return session
    }

    // MARK: - What it says of its own accord

    private var handler: RPCHandler {
        RPCHandler(
            request: { [self] request throws(RPCError) in
                guard request.method == "session/request_permission" else {
                    return try await RPCHandler.refuse(request)
                }
                return answer(request.params)
            },
            notification: { [self] method, params in
                guard method == "session/update" else { return }
                hear { $0.take(params?["update"]) }
            },
            abandoned: { request, _ in
                guard request.method == "session/prompt", let session = request.params?["sessionId"] else { return nil }
                return .notification(method: "session/cancel", params: ["sessionId": session])
            }
        )
    }

    private func hear(_ take: (inout AgentDraft) -> [ModelPiece]) {
        let pieces = state.withLock { state in
            (state.lastHeard, state.hasBegun) = (.now, true)
            return take(&state.draft)
        }
        for piece in pieces { emit(piece) }
    }

    /// Answers a request for permission as the settings say, and has the reply tell of it.
    private func answer(_ params: JSONValue?) -> JSONValue {
        let kinds = settings.permissions == .allow ? ["allow_once"] : ["reject_once", "reject_always"]
        let options = params?["options"]?.elements ?? []
        let option = kinds.lazy.compactMap { kind in options.first { $0["kind"]?.text == kind } }.first
        let what = printable(params?["toolCall"]?["title"]?.text ?? "something", limit: 200)
        let isAllowed = option != nil && settings.permissions == .allow
        let how = isAllowed ? "Allowed" : "Refused"
        hear {
            $0.note("\(how) without asking anybody, as 'permissions: \(settings.permissions.rawValue)' says: \(what)")
        }
        guard let id = option?["optionId"] else { return ["outcome": ["outcome": "cancelled"]] }
        return ["outcome": ["outcome": "selected", "optionId": id]]
    }

    // MARK: - Time

    /// Ends the agent when it has said nothing for too long.
    private func watch(_ peer: RPCPeer) async {
        while !Task.isCancelled {
            let (last, hasBegun) = state.withLock { ($0.lastHeard, $0.hasBegun) }
            let patience = hasBegun ? settings.idleTimeout : settings.firstByteTimeout
            guard last + patience <= .now else {
                // It may begin meanwhile, and then has less time.
                let next = min(last + patience, .now + settings.idleTimeout)
                do { try await Task.sleep(until: next) } catch { return }
                continue
            }
            let lateness = hasBegun ? "said nothing more for" : "said nothing within"
            state.withLock { $0.lateness = "\(lateness) \(patience.written)" }
            return peer.close()
        }
    }

    // MARK: - Faults

    private func ask(_ peer: RPCPeer, _ method: String, _ params: JSONValue, within patience: Duration)
        async throws(Failure) -> JSONValue
    {
        do throws(RPCFault) { return try await peer.call(method, params, within: patience) } catch {
            throw await failure(error, method, patience, peer)
        }
    }

    private func failure(_ fault: RPCFault, _ method: String, _ patience: Duration, _ peer: RPCPeer) async -> Failure {
        let mayHaveCost = method == "session/prompt"
        if let lateness = state.withLock(\.lateness) {
            return Failure(.timedOut, "'\(command)' \(lateness) and was ended.\(remains)", mayHaveCost: mayHaveCost)
        }
        switch fault {
        case .timedOut:
            let sentence = "'\(command)' did not answer '\(method)' within \(patience.written) and was ended.\(remains)"
            return Failure(.timedOut, sentence, mayHaveCost: mayHaveCost)
        case .cancelled: return Failure(.cancelled, "The work was cancelled.")
        case .refused(let error):
            let said = printable(error.message, limit: 500)
            guard error.code == Self.needsSigningIn else {
                return Failure(.unavailable, "'\(command)' refused '\(method)': \(said)", mayHaveCost: mayHaveCost)
            }
            return Failure(
                .missing,
                "'\(command)' wants somebody to sign in first: \(said) Do so with the program itself."
            )
        case .gone(let end), .ended(let end):
            if end != RPCPeer.ended { peer.close() }  // it lives on, and nothing it says makes sense any more
            let last = await peer.lastWords().map { " \($0)" } ?? ""
            let sentence = "'\(command)' did not answer '\(method)'. \(end.message)\(last)\(remains)"
            return Failure(end.kind == .missing ? .missing : .unavailable, sentence, mayHaveCost: mayHaveCost)
        }
    }

    /// What there was of a reply.
    private var remains: String {
        let text = state.withLock(\.draft.text)
        return text.isEmpty ? "" : " Its reply was cut after '\(printable(text.suffix(200)))'."
    }

    /// `auth_required` of the protocol's errors.
    private static let needsSigningIn = -32_000
}
