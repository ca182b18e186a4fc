import PipelineKit
import Synchronization

/// One request under way: where the thread that has the socket and the task that reads the answer meet.
///
/// Whoever waits is always answered, because each of the three ways to wait looks at the outcome under the same lock
/// that records it.
final class Exchange: Sendable {
    /// How an exchange ended; the first end that is told counts.
    enum Outcome: Sendable {
        case complete
        case failed(Failure)
    }

    let request: TransportRequest
    let target: RequestTarget
    let authorities: String?
    let began = ContinuousClock.now
    private let loop: CurlLoop
    private let state = Mutex(State())

    fileprivate struct State {
        var head: ResponseHead?
        var buffer: [UInt8] = []
        var isPaused = false
        var outcome: Outcome?
        var headReader: CheckedContinuation<Result<ResponseHead, Failure>, Never>?
        var bodyReader: CheckedContinuation<Result<[UInt8]?, Failure>, Never>?
    }

    init(_ request: TransportRequest, to target: RequestTarget, trusting authorities: String?, on loop: CurlLoop) {
        self.request = request
        self.target = target
        self.authorities = authorities
        self.loop = loop
    }
}

// What the thread of the socket does.
extension Exchange {
    var isOver: Bool { state.withLock { $0.outcome != nil } }
    /// When all of it has to be over, with the time it waits for a place.
    var deadline: ContinuousClock.Instant { began + request.timeouts.total }

    func receive(_ head: ResponseHead) {
        state.withLock { state -> CheckedContinuation<Result<ResponseHead, Failure>, Never>? in
            state.head = head
            return take(&state.headReader)
        }?.resume(returning: .success(head))
    }

    /// - Returns: whether the reader lags, and the transfer may have to be paused.
    func receive(_ bytes: [UInt8]) -> Bool {
        let (isFull, reader) = state.withLock {
            state -> (Bool, CheckedContinuation<Result<[UInt8]?, Failure>, Never>?) in
            if let reader = take(&state.bodyReader) { return (false, reader) }
            state.buffer.append(contentsOf: bytes)
            return (state.buffer.count >= CurlTransport.readAhead, nil)
        }
        reader?.resume(returning: .success(bytes))
        return isFull
    }

    /// Whether the transfer is to be paused now, because the reader lags still; it will say when it has caught up.
    var pauses: Bool {
        state.withLock { state in
            state.isPaused = state.buffer.count >= CurlTransport.readAhead
            return state.isPaused
        }
    }

    func end(_ outcome: Outcome) {
        let readers = state.withLock { state in
            state.outcome = state.outcome ?? outcome
            return (head: take(&state.headReader), body: take(&state.bodyReader))
        }
        readers.head?.resume(returning: .failure(outcome.failure ?? .noHead(target)))
        readers.body?.resume(returning: outcome.result)
    }
}

// What the task that reads does.
extension Exchange {
    /// The head of the answer, once it is there.
    func head() async -> Result<ResponseHead, Failure> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let known = state.withLock { state -> Result<ResponseHead, Failure>? in
                    if let head = state.head { return .success(head) }
                    if let outcome = state.outcome { return .failure(outcome.failure ?? .noHead(target)) }
                    state.headReader = reader
                    return nil
                }
                if let known { reader.resume(returning: known) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// All bytes that have gathered, or the next to come; `nil` at the end.
    func next() async -> Result<[UInt8]?, Failure> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let (known, wasPaused) = state.withLock { $0.read(for: reader) }
                if wasPaused { loop.post(.resume(self)) }
                if let known { reader.resume(returning: known) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Says that nobody will read on. The transfer has a moment left to end by itself, because a connection whose
    /// answer was read to its end can be used again, and the last bytes of a stream come after all that matters.
    func release() {
        let wasUnderWay = state.withLock { state in
            state.buffer = []
            state.isPaused = false
            return state.outcome == nil
        }
        if wasUnderWay { loop.post(.release(self)) }
    }

    /// Ends the exchange. What has come and has not been read is dropped, so even an answer that is complete ends in
    /// the failure and never just early.
    func cancel() {
        let failure = Failure.cancelled(target)
        let (wasUnderWay, head, body) = state.withLock { state in
            let wasUnderWay = state.outcome == nil
            state.buffer = []
            state.outcome = .failed(state.outcome?.failure ?? failure)
            return (wasUnderWay, take(&state.headReader), take(&state.bodyReader))
        }
        head?.resume(returning: .failure(failure))
        body?.resume(returning: .failure(failure))
        if wasUnderWay { loop.post(.cut(self)) }
    }
}

extension Exchange.State {
    /// What can be read at once, else `nil`, and the reader will be told; and whether the transfer was paused till now.
    fileprivate mutating func read(
        for reader: CheckedContinuation<Result<[UInt8]?, Failure>, Never>
    ) -> (known: Result<[UInt8]?, Failure>?, wasPaused: Bool) {
        if !buffer.isEmpty {
            let bytes = buffer
            buffer = []
            let wasPaused = isPaused
            isPaused = false
            return (.success(bytes), wasPaused)
        }
        if let outcome { return (outcome.result, false) }
        guard bodyReader == nil else {
            return (.failure(Failure(.invalidInput, "Two tasks read the same answer.")), false)
        }
        bodyReader = reader
        return (nil, false)
    }
}

extension Exchange.Outcome {
    fileprivate var failure: Failure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    fileprivate var result: Result<[UInt8]?, Failure> {
        failure.map(Result.failure) ?? .success(nil)
    }
}

/// The value, which is no longer there afterwards.
private func take<Value>(_ value: inout Value?) -> Value? {
    defer { value = nil }
    return value
}
