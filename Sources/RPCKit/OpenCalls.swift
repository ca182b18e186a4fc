import PipelineKit
import Synchronization

/// What was asked and has no answer yet.
final class OpenCalls: Sendable {
    typealias Answer = Result<JSONValue, RPCFault>

    private enum Call {
        /// Nobody waits yet.
        case expected
        case waiting(CheckedContinuation<Answer, Never>)
        /// Settled before anybody waited.
        case settled(Answer)
    }

    private struct State {
        var calls: [RPCID: Call] = [:]
        var end: Failure?
        var enders: [CheckedContinuation<Failure, Never>] = []
    }

    private let state = Mutex(State())

    /// Why there are no answers any more.
    var end: Failure? { state.withLock(\.end) }

    func expect(_ request: RPCRequest) { state.withLock { $0.calls[request.id] = .expected } }

    /// - Returns: whether the request is to be sent; if not, the answer is known already.
    func wait(for id: RPCID, _ continuation: CheckedContinuation<Answer, Never>) -> Bool {
        let answer: Answer? = state.withLock { state in
            if case .settled(let answer) = state.calls.removeValue(forKey: id) { return answer }
            if let end = state.end { return .failure(.gone(end)) }
            state.calls[id] = .waiting(continuation)
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
        return answer == nil
    }

    /// - Returns: whether it was open; an answer to what was not asked, or has been answered, is passed over.
    func settle(_ id: RPCID, _ answer: Answer) -> Bool {
        let call: Call? = state.withLock { state in
            switch state.calls[id] {
            case .expected:
                state.calls[id] = .settled(answer)
                return nil  // and nothing was sent that the other side could be told about
            case .waiting: return state.calls.removeValue(forKey: id)
            case .settled, nil: return nil
            }
        }
        guard case .waiting(let continuation) = call else { return false }
        continuation.resume(returning: answer)
        return true
    }

    /// Fails everything that is open, and all that follows; the first reason stays.
    func finish(_ failure: Failure) {
        let (calls, enders) = state.withLock { state in
            guard state.end == nil else { return ([Call](), [CheckedContinuation<Failure, Never>]()) }
            state.end = failure
            let open = state.calls.filter { if case .waiting = $0.value { true } else { false } }
            for id in open.keys { state.calls[id] = nil }
            defer { state.enders = [] }
            return (Array(open.values), state.enders)
        }
        for case .waiting(let continuation) in calls { continuation.resume(returning: .failure(.ended(failure))) }
        for ender in enders { ender.resume(returning: failure) }
    }

    func waitForEnd() async -> Failure {
        await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.enders.append(continuation) }
                return state.end
            }
            if let end { continuation.resume(returning: end) }
        }
    }
}
