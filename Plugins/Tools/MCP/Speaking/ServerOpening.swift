import PipelineKit
import RPCKit

/// Starts or reaches a server, and agrees with it on what is spoken.
struct ServerOpening {
    private let identity: ServerIdentity
    private let means: ServerMeans
    private let talk: ServerTalk
    private let numbers = CallNumbers()
    private let client: ClientWords

    init(_ identity: ServerIdentity, _ means: ServerMeans) {
        self.identity = identity
        self.means = means
        talk = ServerTalk(workspace: identity.workspace.path)
        client = ClientWords(version: means.version)
    }

    /// - Throws: ``Failure`` with what the server was asked and said, and what to do.
    func open() async throws(Failure) -> ServerSession {
        let wire = try await wire()
        do throws(Negotiation.Problem) {
            return try await session(over: wire, identity.declaration.protocol)
        } catch {
            // Some from before the stateless revision end when they are asked in it.
            guard identity.declaration.protocol == .auto, identity.declaration.command != nil, error.isEnd else {
                throw await failure(error, wire)
            }
        }
        let another = try await self.wire()
        do throws(Negotiation.Problem) { return try await session(over: another, .handshake) } catch {
            throw await failure(error, another)
        }
    }

    private func session(over wire: any ServerWire, _ choice: ProtocolChoice) async throws(Negotiation.Problem)
        -> ServerSession
    {
        let negotiation = Negotiation(choice: choice, client: client, numbers: numbers)
        let agreement = try await negotiation.agree(over: wire, within: identity.declaration.startTimeout)
        return ServerSession(wire, agreement, talk, numbers, client)
    }

    private func wire() async throws(Failure) -> any ServerWire {
        do throws(Failure) {
            if let words = identity.declaration.command {
                return try await ProgramWire.start(identity, words, means, talk)
            }
            return HTTPWire(identity, means, talk)
        } catch {
            let server = "MCP server '\(identity.name)'"
            guard error.kind != .cancelled, !error.message.hasPrefix(server) else { throw error }
            throw Failure(error.kind, "\(server) could not be started: \(error.message)")
        }
    }

    private func failure(_ problem: Negotiation.Problem, _ wire: any ServerWire) async -> Failure {
        switch problem {
        case .fault(let fault, let asked):
            return await ServerTrouble(identity.name).failure(
                fault,
                asked: asked,
                within: identity.declaration.startTimeout,
                wire
            )
        case .disagreement(let rest):
            return Failure(.unavailable, "MCP server '\(identity.name)' \(rest).")
        }
    }
}

extension Negotiation.Problem {
    /// Whether the server is not there any more.
    fileprivate var isEnd: Bool {
        switch self {
        case .fault(.ended, _), .fault(.gone, _): true
        default: false
        }
    }
}
