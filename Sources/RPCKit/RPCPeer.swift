public import PipelineKit
import Synchronization

/// One end of a conversation in JSON-RPC: asks, answers, and matches the answers that come with what was asked.
///
/// It works on the same terms for whoever started the other side and for whoever was started: an engine that asks a server,
/// a server that asks the editor in front of it. The channel is closed when the peer is released.
public final class RPCPeer: Sendable {
    private let line: PeerLine
    private let numbers = Atomic<Int>(0)

    /// - Parameter limit: Bytes that one message may have.
    public init(over channel: any RPCChannel, _ framing: RPCFraming, limit: Int = 8_000_000) {
        line = PeerLine(channel, framing, limit)
    }

    deinit { line.close() }

    /// Begins to listen, on a thread of its own that ends with the channel.
    ///
    /// Called once, before the first call. The handler must not hold the peer, or neither is ever released.
    /// - Throws: when the system has no thread to spare.
    public func start(_ handler: RPCHandler) throws(Failure) {
        let line = line
        line.handler.withLock { $0 = handler }
        try BlockingThread.start { line.listen() }
    }

    /// Asks, and waits for the answer.
    ///
    /// - Parameters:
    ///   - patience: How long an answer is waited for.
    ///   - number: The id; one that was used for no other call, as ``next()`` gives them out.
    public func call(
        _ method: String,
        _ params: JSONValue? = nil,
        within patience: Duration,
        number: Int? = nil
    ) async throws(RPCFault) -> JSONValue {
        let request = RPCRequest(.number(number ?? next()), method, params)
        line.calls.expect(request)
        let timer = Task { [line] in
            do { try await Task.sleep(for: patience) } catch { return }
            line.abandon(request, .timedOut)
        }
        defer { timer.cancel() }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if line.calls.wait(for: request.id, continuation) { line.ask(request) }
            }
        } onCancel: {
            line.abandon(request, .cancelled)
        }
        return try answer.get()
    }

    /// A number that no call was made under.
    public func next() -> Int { numbers.add(1, ordering: .relaxed).newValue }

    /// Says something that needs no answer.
    public func notify(_ method: String, _ params: JSONValue? = nil) {
        line.send(.notification(method: method, params: params))
    }

    /// What is told when the other side has ended, in order or not.
    public static let ended = Failure(.unavailable, "It ended.")

    /// Why nothing can be said any more; `nil` as long as it can.
    public var end: Failure? { line.calls.end }

    /// Waits until the other side has ended, or has been left.
    public func waitForEnd() async -> Failure { await line.calls.waitForEnd() }

    /// Ends the conversation.
    public func close() { line.close() }

    /// What is known of the end of the other side.
    public func lastWords() async -> String? { await line.channel.lastWords() }
}
