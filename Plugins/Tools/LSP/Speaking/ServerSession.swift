import PipelineKit
import ProcessKit
import RPCKit
import Synchronization

/// A conversation with a server that is ready; the server ends with it.
final class ServerSession: Sendable {
    let peer: RPCPeer
    let talk: ServerTalk
    let documents: Documents
    let encoding: PositionEncoding
    private let capabilities: JSONValue
    /// Whether two answers in a row about the whole project were the same.
    let knowsProject = Mutex(false)

    private init(_ peer: RPCPeer, _ talk: ServerTalk, _ documents: Documents, _ welcome: JSONValue) {
        self.peer = peer
        self.talk = talk
        self.documents = documents
        capabilities = welcome["capabilities"] ?? [:]
        // Without a word about it positions are in UTF-16 (LSP 3.17, ServerCapabilities).
        encoding = capabilities["positionEncoding"]?.text.flatMap(PositionEncoding.init) ?? .utf16
    }

    var end: Failure? { peer.end }
    func close() { peer.close() }

    /// Starts a server and waits until it is ready.
    static func open(_ name: String, _ declaration: ServerDeclaration, _ workspace: Workspace)
        async throws(ServerFault) -> ServerSession
    {
        let words = declaration.command
        let command = Command(words[0], Array(words.dropFirst()), in: workspace, timeout: life)
        let talk = ServerTalk(declaration.configuration, folder: ClientWords.folder(workspace))
        let peer: RPCPeer
        do throws(Failure) {
            peer = RPCPeer(over: CompanionChannel(try await Companion.start(command)), .headers, limit: mostBytes)
            try peer.start(
                RPCHandler(
                    request: { request throws(RPCError) in try talk.answer(request) },
                    notification: talk.take,
                    abandoned: farewell
                )
            )
        } catch {
            guard error.kind != .cancelled else { throw .failure(error) }
            let words = "Language server '\(name)' could not be started: \(error.message)"
            throw .failure(Failure(error.kind, words))
        }
        let documents = Documents(peer, talk, declaration, root: workspace.path)
        let welcome = try await welcome(peer, name, declaration, workspace)
        peer.notify("initialized", [:])
        peer.notify("workspace/didChangeConfiguration", ["settings": declaration.configuration])
        return ServerSession(peer, talk, documents, welcome)
    }

    private static func welcome(
        _ peer: RPCPeer,
        _ name: String,
        _ declaration: ServerDeclaration,
        _ workspace: Workspace
    ) async throws(ServerFault) -> JSONValue {
        let params = ClientWords.initialize(workspace, options: declaration.options)
        do throws(RPCFault) {
            return try await peer.call("initialize", params, within: declaration.startTimeout)
        } catch {
            throw .failure(await ServerTrouble(name, declaration).failure(error, asked: "initialize", peer))
        }
    }

    /// Whether the server has said that it answers such questions.
    func offers(_ capability: String) -> Bool {
        switch capabilities[capability] {
        case nil, .null, false: false
        default: true
        }
    }

    /// Asks, and asks again when the server says that it was kept from answering by what has changed meanwhile.
    func ask(_ method: String, _ params: JSONValue, until deadline: ContinuousClock.Instant) async throws(ServerFault)
        -> JSONValue
    {
        for _ in 0..<Self.mostTries {
            let patience = max(.zero, ContinuousClock.now.duration(to: deadline))
            do throws(RPCFault) { return try await peer.call(method, params, within: patience) } catch {
                guard case .refused(let refusal) = error, Self.passing.contains(refusal.code) else {
                    throw .rpc(error, asked: method)
                }
            }
        }
        throw .rpc(.timedOut, asked: method)
    }

    /// A server that is not ready must not be told to stop getting ready (LSP 3.17, initialize).
    @Sendable private static func farewell(_ request: RPCRequest, _ why: RPCAbandonment) -> RPCMessage? {
        guard request.method != "initialize" else { return nil }
        return .notification(method: "$/cancelRequest", params: ["id": request.id.json])
    }

    /// `ContentModified` and `ServerCancelled` (LSP 3.17, error codes): the next try may be answered.
    private static let passing = [-32_801, -32_802]
    private static let mostTries = 5
    /// Bytes that one message may have.
    private static let mostBytes = 16_000_000
    /// As long as anybody uses it.
    private static let life = Duration.seconds(10 * 365 * 86_400)
}
