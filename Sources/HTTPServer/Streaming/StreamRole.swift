import HTTPKit

/// A connection that has become a stream: a WebSocket, or server-sent events.
final class StreamRole: Role {
    private enum Phase {
        case open
        /// A close frame is sent; the client's is waited for.
        case closing
        /// Everything is said; only what is queued has to be sent.
        case leaving
    }

    private unowned let connection: Connection
    private let stream: ClientStream
    private let session: StreamSession
    private let wire: Frame.Wire
    private var finished: FinishedRequest
    private let began: ContinuousClock.Instant
    private var phase = Phase.open
    /// Reads what comes over a WebSocket.
    private var decoder: WebSocketDecoder?
    private var flood: FloodGuard
    /// Whether anything has come since the last heartbeat.
    private var wasHeard = true
    private var lastSequence = 0
    /// What was sent at the last heartbeat, and before the stream began.
    private var sentBefore: Int
    private let sentAtStart: Int

    private var loop: EventLoop { connection.loop }

    /// The fields of a response that is a stream. Its body ends with the connection, so that every piece is sent as it
    /// lies there; a chunk for each would say nothing that an event does not.
    static let eventFields: HTTPHeaders = [
        "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
    ]

    init(
        _ connection: Connection,
        _ session: StreamSession,
        _ wire: Frame.Wire,
        _ finished: FinishedRequest,
        began: ContinuousClock.Instant
    ) {
        self.connection = connection
        self.session = session
        self.wire = wire
        self.finished = finished
        self.began = began
        let settings = connection.loop.settings
        stream = ClientStream(connection.ticket, connection.loop.mailbox, limit: settings.outputLimit)
        flood = FloodGuard(limit: settings.emptyFramesPerSecond)
        decoder = wire == .webSocket ? WebSocketDecoder(limit: settings.messageLimit) : nil
        sentBefore = connection.sent
        sentAtStart = connection.sent
    }

    /// - Parameter rest: What the client has sent behind its request.
    func open(rest: [UInt8]) {
        count(1)
        connection.resume()
        connection.set(due: loop.now + loop.times.heartbeat)
        // Nobody cancels it: it ends when it sends to a stream that has ended. Its memory is let go before that.
        Task { [session, stream] in await session.opened(stream) }
        rest.withUnsafeBytes { if !$0.isEmpty { received($0) } }
        if loop.isEnding { shutDown() }
    }

    private func count(_ number: Int) {
        switch wire {
        case .webSocket: loop.counters.webSockets.add(number)
        case .events: loop.counters.streams.add(number)
        }
    }

    func answer(_ reply: Reply) {}

    func lost() {
        count(-1)
        stream.end()
        session.closed(stream)
        finished.bytesOut = connection.sent - sentAtStart
        finished.duration = began.duration(to: .now)
        loop.counters.requests.add(1)
        loop.site.observe(finished)
    }

    func shutDown() {
        look()
        close(.goingAway, "The server is shutting down.")
    }
}

// Sending.
extension StreamRole {
    func look() {
        let batch = stream.take()
        guard phase == .open else { return }
        append(batch.frames)
        switch batch.ending {
        case .asked(let code, let reason): close(code, reason)
        case .tooSlow: drop()
        case nil: flush()
        }
    }

    private func append(_ frames: [Frame]) {
        for (index, frame) in frames.enumerated() {
            // Who is cut off comes back with a sequence, and has to have all of it.
            let next = frames.dropFirst(index + 1).first
            wire.append(frame, to: connection, endsEvent: frame.sequence == nil || next?.sequence != frame.sequence)
            lastSequence = frame.sequence ?? lastSequence
        }
    }

    func sentSome() {
        stream.settle(unsent: connection.unsent)
        leaveWhenSent()
    }

    private func flush() {
        connection.flush()
        stream.settle(unsent: connection.unsent)
    }

    private func drop() {
        loop.counters.dropped.add(1)
        guard wire == .webSocket else { return connection.close() }
        connection.keepBegun()
        close(
            .tryAgainLater,
            "More is unread than \(loop.settings.outputLimit) bytes; come back and say what you have."
        )
    }

    /// Ends the stream from this side.
    private func close(_ code: CloseCode, _ reason: String) {
        guard phase == .open else { return }
        stream.end()
        if wire == .webSocket {
            let code = code.mayBeSent ? code : .normal
            connection.append(WebSocketEncoder.close(code, reason))
        }
        leave(wire == .webSocket ? .closing : .leaving)
    }

    private func leave(_ next: Phase) {
        phase = next
        connection.set(due: loop.now + loop.times.close)
        connection.flush()
        leaveWhenSent()
    }

    private func leaveWhenSent() {
        if phase == .leaving, connection.unsent == 0 { connection.linger() }
    }

    func timeHasCome() {
        guard phase == .open, wire == .events || wasHeard else { return connection.close() }
        if connection.unsent == 0 {
            connection.append(wire.heartbeat(lastSequence))
            if let frame = session.heartbeat { wire.append(frame, to: connection, endsEvent: true) }
            wasHeard = false
            connection.flush()
        } else if connection.sent == sentBefore {
            loop.counters.dropped.add(1)
            return connection.close()
        }
        sentBefore = connection.sent
        connection.set(due: loop.now + loop.times.heartbeat)
    }
}

// Receiving.
extension StreamRole {
    func received(_ bytes: UnsafeRawBufferPointer) {
        wasHeard = true
        guard wire == .webSocket, phase != .leaving else { return }
        var events: [WebSocketEvent] = []
        do throws(WebSocketFault) {
            try decoder?.decode(bytes) { events.append($0) }
        } catch {
            for event in events { take(event) }
            return end(with: WebSocketEncoder.close(error.code, error.message))
        }
        for event in events { take(event) }
        if connection.unsent > 0 { flush() }
        guard flood.allows(decoder?.emptyFrames ?? 0, at: loop.now) else { return endFlood() }
        if connection.unsent > loop.settings.outputLimit, phase == .open { drop() }
    }

    /// Who sends nothing any more cannot close in order, and reads nothing either, as browsers and libraries go.
    func inputEnded() { connection.close() }

    private func take(_ event: WebSocketEvent) {
        switch event {
        case .close(let code, _): end(with: WebSocketEncoder.close(answering: code))
        case _ where phase != .open: break
        case .text(let bytes): session.received(stream, bytes)
        case .binary(let bytes): takeBinary(bytes)
        case .ping(let payload): connection.append(WebSocketEncoder.pong(payload))
        case .pong: break
        }
    }

    private func takeBinary(_ bytes: [UInt8]) {
        guard let take = session.receivedBinary else { return close(.unsupportedData, "Send texts.") }
        take(stream, bytes)
    }

    private func endFlood() {
        let limit = loop.settings.emptyFramesPerSecond
        end(with: WebSocketEncoder.close(.policyViolation, "More than \(limit) frames in a second carry no message."))
    }

    /// Says the last there is to say, unless it was said.
    private func end(with frame: [UInt8]) {
        guard phase != .leaving else { return }
        let wasOpen = phase == .open
        if wasOpen {
            // What was received before was perhaps answered.
            append(stream.take().frames)
            connection.append(frame)
        }
        stream.end()
        leave(.leaving)
    }
}
