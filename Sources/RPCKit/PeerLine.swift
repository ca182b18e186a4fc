import PipelineKit
import Synchronization

/// What a peer shares with the threads that work for it, and which outlives it until they have ended.
final class PeerLine: Sendable {
    let channel: any RPCChannel
    let calls = OpenCalls()
    let handler = Mutex(RPCHandler())
    private let framing: RPCFraming
    private let limit: Int
    private let outbox: Outbox
    /// Requests of the other side that are being answered.
    private let answering = Atomic<Int>(0)

    init(_ channel: any RPCChannel, _ framing: RPCFraming, _ limit: Int) {
        self.channel = channel
        self.framing = framing
        self.limit = limit
        outbox = Outbox(channel)
    }

    func close() {
        finish(Failure(.unavailable, "The conversation was ended."))
        channel.close()
    }

    /// Sends a message, or ends everything.
    func send(_ message: RPCMessage) {
        guard calls.end == nil else { return }
        do throws(Failure) { try deliver(message) } catch { finish(error) }
    }

    /// Sends a request; one that the other side was not there to take any more was not heard, and may be made elsewhere.
    func ask(_ request: RPCRequest) {
        do throws(Failure) { try deliver(.request(request)) } catch {
            _ = calls.settle(request.id, .failure(.gone(error)))
            finish(error)
        }
    }

    /// - Throws: ``RPCPeer/ended`` when nobody reads any more, and why else nothing can be sent.
    private func deliver(_ message: RPCMessage) throws(Failure) {
        let failed: @Sendable (Failure) -> Void = { [self] in finish($0) }
        try outbox.send(framing.framed(message), failed)
    }

    /// Gives up a call that still waits.
    func abandon(_ request: RPCRequest, _ why: RPCAbandonment) {
        guard calls.settle(request.id, .failure(why == .timedOut ? .timedOut : .cancelled)) else { return }
        if let farewell = handler.withLock(\.self).abandoned(request, why) { send(farewell) }
    }

    /// Reads until the other side ends, on a thread that may block.
    func listen() {
        var reader = RPCFrameReader(framing, limit: limit)
        let handler = handler.withLock(\.self)
        do throws(Failure) {
            while calls.end == nil {
                let bytes = try channel.read()
                guard !bytes.isEmpty else { throw RPCPeer.ended }
                for frame in try reader.take(bytes) { try take(frame, handler) }
            }
        } catch {
            finish(error)
        }
    }

    private func finish(_ failure: Failure) { calls.finish(failure) }

    private func take(_ frame: [UInt8], _ handler: RPCHandler) throws(Failure) {
        let message: RPCMessage
        do throws(Failure) { message = try RPCMessage(parsing: frame) } catch {
            guard handler.answersGarbage else { throw error }
            return send(.refusal(nil, RPCError(RPCError.parseError, error.message)))
        }
        switch message {
        case .result(let id, let result): _ = calls.settle(id, .success(result))
        case .refusal(let id?, let error): _ = calls.settle(id, .failure(.refused(error)))
        case .refusal(nil, _): break
        case .notification(let method, let params): handler.notification(method, params)
        case .request(let request): answer(request, handler)
        }
    }

    private func answer(_ request: RPCRequest, _ handler: RPCHandler) {
        guard answering.add(1, ordering: .relaxed).newValue <= Self.mostAnswers else {
            answering.subtract(1, ordering: .relaxed)
            return send(.refusal(request.id, RPCError(RPCError.internalError, "Too much is asked at once.")))
        }
        Task { [self] in
            let answer: RPCMessage
            do throws(RPCError) { answer = .result(request.id, try await handler.request(request)) } catch {
                answer = .refusal(request.id, error)
            }
            answering.subtract(1, ordering: .relaxed)
            send(answer)
        }
    }

    /// Requests of the other side that are answered at the same time; a flood of them is refused.
    private static let mostAnswers = 64
}
