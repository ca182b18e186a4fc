import PipelineKit
import RPCKit
import Synchronization

/// The requests that are being answered, so that the client can take one back.
final class OpenWork: Sendable {
    private struct State {
        var tasks: [RPCID: Task<Result<JSONValue, RPCError>, Never>] = [:]
        /// Taken back before the work on them began, the oldest first.
        var takenBack: [RPCID] = []
    }

    private let state = Mutex(State())

    /// Does what a request asks for; the task is cancelled when the client takes it back.
    func doing(
        _ id: RPCID,
        _ work: @escaping @Sendable () async throws(RPCError) -> JSONValue
    ) async throws(RPCError) -> JSONValue {
        let task = state.withLock { state in
            let task = Task { () async -> Result<JSONValue, RPCError> in
                do throws(RPCError) { return .success(try await work()) } catch { return .failure(error) }
            }
            if let place = state.takenBack.firstIndex(of: id) {
                state.takenBack.remove(at: place)
                task.cancel()
            }
            state.tasks[id] = task
            return task
        }
        let result = await task.value
        state.withLock { $0.tasks[id] = nil }
        return try result.get()
    }

    /// Takes a request back. One that is not known may be about to begin, or have been answered by now.
    func cancel(_ id: RPCID) {
        state.withLock { state in
            if let task = state.tasks[id] { return task.cancel() }
            state.takenBack = (state.takenBack + [id]).suffix(Self.most)
        }
    }

    func cancelAll() {
        for task in state.withLock({ Array($0.tasks.values) }) { task.cancel() }
    }

    /// How many are remembered that were taken back too early, or too late.
    private static let most = 64
}
