import PipelineKit
import RPCKit
import Synchronization

/// What can be said to the editor, as long as it is there.
final class ACPLine: Sendable {
    private struct State {
        /// Held by whoever holds the channel too.
        weak var peer: RPCPeer?
        var client = "unnamed"
    }

    private let state = Mutex(State())

    func open(_ peer: RPCPeer) { state.withLock { $0.peer = peer } }

    /// What the editor calls itself.
    var client: String {
        get { state.withLock(\.client) }
        set { state.withLock { $0.client = newValue } }
    }

    func tell(_ update: JSONValue, of session: String) {
        let peer = state.withLock(\.peer)
        peer?.notify("session/update", ["sessionId": .string(session), "update": update])
    }

    func ask(_ method: String, _ params: JSONValue) async throws(RPCFault) -> JSONValue {
        guard let peer = state.withLock(\.peer) else { throw .gone(RPCPeer.ended) }
        return try await peer.call(method, params, within: Self.patience)
    }

    /// A person may take their time.
    private static let patience = Duration.seconds(30 * 86_400)
}
