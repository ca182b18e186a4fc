import PipelineKit
import ProcessKit
import RPCKit

/// The standard streams of a server that is a program here.
final class ProgramWire: ServerWire {
    private let peer: RPCPeer

    private init(_ peer: RPCPeer) { self.peer = peer }

    /// Starts the program; it ends with the wire.
    static func start(_ identity: ServerIdentity, _ words: [String], _ means: ServerMeans, _ talk: ServerTalk)
        async throws(Failure) -> ProgramWire
    {
        let declaration = identity.declaration
        var command = Command(words[0], Array(words.dropFirst()), in: identity.workspace, timeout: life)
        for (name, value) in declaration.env.sorted(by: { $0.key < $1.key }) {
            command.environment[name] = try means.value(of: value, "the variable '\(name)'", identity.name)
        }
        if !declaration.confined {
            try UnconfinedPlace.expectOutside(words, of: identity.workspace, identity.name)
            (command.confinement, command.directory) = (nil, UnconfinedPlace.directory)
        }
        let peer = RPCPeer(over: CompanionChannel(try await Companion.start(command)), .lines, limit: mostBytes)
        try peer.start(
            RPCHandler(
                request: { request throws(RPCError) in try talk.answer(request) },
                notification: talk.take,
                abandoned: farewell
            )
        )
        return ProgramWire(peer)
    }

    func call(_ call: WireCall, within patience: Duration) async throws(RPCFault) -> JSONValue {
        try await peer.call(call.method, .object(call.params), within: patience, number: call.number)
    }

    func notify(_ method: String) { peer.notify(method) }
    func adopt(_ agreement: Agreement) {}
    var end: Failure? { peer.end }
    func close() { peer.close() }
    func lastWords() async -> String? {
        if peer.end != RPCPeer.ended { peer.close() }  // it lives on, and nothing it says makes sense any more
        return await peer.lastWords()
    }

    /// The negotiation must not be cancelled (2025-11-25, utilities/cancellation).
    @Sendable private static func farewell(_ request: RPCRequest, _ why: RPCAbandonment) -> RPCMessage? {
        guard !["initialize", "server/discover"].contains(request.method) else { return nil }
        let reason = why == .timedOut ? "It took too long." : "The work was cancelled."
        return .notification(
            method: "notifications/cancelled",
            params: ["requestId": request.id.json, "reason": .string(reason)]
        )
    }

    /// Bytes that one message may have.
    static let mostBytes = 8_000_000
    /// As long as anybody uses it.
    private static let life = Duration.seconds(10 * 365 * 86_400)
}
