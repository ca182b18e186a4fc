import PipelineKit
import RPCKit
import Synchronization

/// A server that some run may use: started when it is first asked something, and again when it has ended between calls.
final class MCPServer: Sendable {
    private typealias Opening = Task<Result<ServerSession, Failure>, Never>

    private struct State {
        var opening: Opening?
        /// How often it has been started.
        var starts = 0
    }

    let identity: ServerIdentity
    private let means: ServerMeans
    private let state = Mutex(State())

    var name: String { identity.name }
    var declaration: ServerDeclaration { identity.declaration }

    init(_ identity: ServerIdentity, _ means: ServerMeans) {
        self.identity = identity
        self.means = means
    }

    /// Asks for something, starting the server if need be. What may have been done is not asked a second time.
    ///
    /// - Parameter call: Gives what was asked, for messages, and the answer.
    func ask<Answer: Sendable>(
        _ words: String,
        _ call: (ServerSession) async throws(RPCFault) -> Answer
    ) async throws(Failure) -> Answer {
        let session = try await session()
        do throws(RPCFault) { return try await call(session) } catch {
            guard case .gone = error else { throw await trouble(error, words, session.wire) }
        }
        // Nothing was asked: it had ended, or forgotten the session, before that.
        let another = try await self.session(after: session)
        do throws(RPCFault) { return try await call(another) } catch {
            throw await trouble(error, words, another.wire)
        }
    }

    /// - Parameter ended: One that is known to be of no use any more.
    func session(after ended: ServerSession? = nil) async throws(Failure) -> ServerSession {
        var known: Opening?
        while true {
            let opening = try opening(instead: known)
            let opened = await withTaskCancellationHandler {
                await opening.value
            } onCancel: {
                opening.cancel()
            }
            switch opened {
            case .success(let session) where session.wire.end == nil && session !== ended: return session
            case .success: known = opening
            case .failure(let failure):
                forget(opening, counts: failure.kind != .cancelled)
                // Somebody else who waited for it was cancelled.
                guard failure.kind == .cancelled, !Task.isCancelled else { throw failure }
            }
        }
    }

    private func forget(_ opening: Opening, counts: Bool) {
        state.withLock { state in
            guard state.opening == opening else { return }
            state.opening = nil
            if !counts { state.starts -= 1 }
        }
    }

    /// The start that is under way or was made, or a new one in the place of one that is of no use any more.
    private func opening(instead: Opening?) throws(Failure) -> Opening {
        try state.withLock { state throws(Failure) in
            if let opening = state.opening, opening != instead { return opening }
            guard declaration.command == nil || state.starts <= Self.restarts else {
                throw Failure(
                    .unavailable,
                    """
                    MCP server '\(name)' has ended \(state.starts) times since this run could use it, and is not started \
                    again. Find out why it ends: \(declaration.command.map(Self.line) ?? "").
                    """
                )
            }
            state.starts += 1
            let opening = Opening { [identity, means] in
                do throws(Failure) { return .success(try await ServerOpening(identity, means).open()) } catch {
                    return .failure(error)
                }
            }
            state.opening = opening
            return opening
        }
    }

    private func trouble(_ fault: RPCFault, _ words: String, _ wire: any ServerWire) async -> Failure {
        await ServerTrouble(name).failure(fault, asked: words, within: declaration.timeout, wire)
    }

    private static func line(_ command: [String]) -> String { "run '\(command.joined(separator: " "))' by hand" }

    /// How often a program that has ended is started again.
    private static let restarts = 3
}
