import PipelineKit
import ProcessKit
import RPCKit
import Synchronization

/// A server that a run may ask: started when it is first asked something, and again when it has ended.
final class LanguageServer: Sendable {
    private struct State {
        var session: ServerSession?
        /// How often it has been started.
        var starts = 0
        /// How many answers in a row did not come in time.
        var silences = 0
    }

    let name: String
    let declaration: ServerDeclaration
    private let workspace: Workspace
    private let state = Mutex(State())
    /// One at a time finds out whether it runs, and starts it.
    private let door = Turnstile()

    init(_ name: String, _ declaration: ServerDeclaration, _ workspace: Workspace) {
        self.name = name
        self.declaration = declaration
        var workspace = workspace
        workspace.confinement = workspace.confinement?.readingOnly
        self.workspace = workspace
    }

    /// The walls were made for this server, and nobody else takes them down.
    deinit {
        guard let walls = workspace.confinement else { return }
        try? BlockingThread.start { Sandbox.close(walls) }
    }

    /// Asks something; what a server could not be told any more because it had ended is asked of a new one.
    func ask(_ work: (ServerSession) async throws(ServerFault) -> String) async throws(Failure) -> String {
        let session = try await session()
        do throws(ServerFault) { return try await asked(session, work) } catch {
            guard case .rpc(.gone, _) = error else { throw await trouble(error, session) }
        }
        let another = try await self.session()
        do throws(ServerFault) { return try await asked(another, work) } catch { throw await trouble(error, another) }
    }

    private func asked(
        _ session: ServerSession,
        _ work: (ServerSession) async throws(ServerFault) -> String
    ) async throws(ServerFault) -> String {
        do throws(ServerFault) {
            let answer = try await work(session)
            state.withLock { $0.silences = 0 }
            return answer
        } catch {
            if case .rpc(.timedOut, _) = error { notice(silent: session) }
            throw error
        }
    }

    /// One that does not answer twice is ended, as it may hang for good.
    private func notice(silent session: ServerSession) {
        let isHanging = state.withLock { state in
            state.silences += 1
            return state.silences > 1
        }
        if isHanging { session.close() }
    }

    private func session() async throws(Failure) -> ServerSession {
        try await door.pass { () async throws(Failure) in
            if let session = self.state.withLock(\.session), session.end == nil { return session }
            try self.countStart()
            do throws(ServerFault) {
                let session = try await ServerSession.open(self.name, self.declaration, self.workspace)
                self.state.withLock { ($0.session, $0.silences) = (session, 0) }
                return session
            } catch {
                let failure = await self.trouble(error, nil)
                if failure.kind == .cancelled { self.state.withLock { $0.starts -= 1 } }
                throw failure
            }
        }
    }

    private func countStart() throws(Failure) {
        let starts = state.withLock { state in
            state.session = nil
            state.starts += 1
            return state.starts - 1
        }
        guard starts > Self.restarts else { return }
        throw Failure(
            .unavailable,
            """
            Language server '\(name)' has ended \(Self.restarts + 1) times in this run, and is not started again. Find out why \
            it ends: run '\(declaration.command.joined(separator: " "))' by hand.
            """
        )
    }

    private func trouble(_ fault: ServerFault, _ session: ServerSession?) async -> Failure {
        switch fault {
        case .failure(let failure): failure
        case .rpc(let fault, let asked):
            await ServerTrouble(name, declaration).failure(fault, asked: asked, session?.peer)
        }
    }

    /// How often one that has ended is started again.
    private static let restarts = 3
}

extension Confinement {
    /// Walls within which the same files can be read and none changed, without a way to the network.
    fileprivate var readingOnly: Confinement {
        var walls = self
        walls.readable += walls.writable
        walls.writable = []
        walls.network = .none
        return walls
    }
}
