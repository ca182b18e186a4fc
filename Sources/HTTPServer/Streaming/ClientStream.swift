import HTTPKit
import Synchronization

/// The sending end of one client's stream, for whoever has something to tell: what is queued here, the loop takes.
final class ClientStream: FrameSink {
    enum Ending: Sendable {
        /// After everything that is queued.
        case asked(CloseCode, String)
        /// The client has more unread than its buffer holds.
        case tooSlow
    }

    /// What the loop takes at once.
    struct Batch {
        var frames: [Frame]
        var ending: Ending?
    }

    /// What the loop was told.
    private enum Announcement {
        case nothing
        case look
        case lookAtOnce
    }

    private struct State {
        var queue: [Frame] = []
        /// Bytes of the queue, of what the loop has taken and not tried to send, and of what the client had no room for.
        var queued = 0
        var taken = 0
        var refused = 0
        var ending: Ending?
        var isOver = false
        /// Since it looked last.
        var announced = Announcement.nothing
        var waiters: [CheckedContinuation<Bool, Never>] = []

        var isEnding: Bool { isOver || ending != nil }
        var waiting: Int { queued + taken + refused }

        /// - Returns: whether what is to be told now was not told yet.
        mutating func announce(_ news: Announcement) -> Bool {
            guard announced == .nothing || (announced == .look && news == .lookAtOnce) else { return false }
            announced = news
            return true
        }

        mutating func takeWaiters() -> [CheckedContinuation<Bool, Never>] {
            defer { waiters = [] }
            return waiters
        }
    }

    private let state = Mutex(State())
    private let ticket: Ticket
    private let mailbox: Mailbox
    /// Bytes.
    private let limit: Int

    init(_ ticket: Ticket, _ mailbox: Mailbox, limit: Int) {
        self.ticket = ticket
        self.mailbox = mailbox
        self.limit = limit
    }

    func push(_ frames: ArraySlice<Frame>) {
        change { state in
            guard !state.isEnding, !frames.isEmpty else { return false }
            // What the loop has not offered the client yet says nothing about the client, and is shared with the others.
            if state.refused > limit {
                (state.queue, state.queued, state.ending) = ([], 0, .tooSlow)
            } else {
                for frame in frames { state.queued += frame.cost }
                state.queue += frames
            }
            return true
        }
    }

    func send(_ frames: [Frame]) async -> Bool {
        var rest = frames[...]
        while await hasRoom() {
            guard !rest.isEmpty else { return true }
            rest = queueSome(of: rest)
        }
        return false
    }

    func close(_ code: CloseCode, _ reason: String) {
        change { state in
            guard !state.isEnding else { return false }
            state.ending = .asked(code, reason)
            return true
        }
    }

    /// Queues as many frames as there is room for, at least one.
    private func queueSome(of frames: ArraySlice<Frame>) -> ArraySlice<Frame> {
        var rest = frames
        change { state in
            guard !state.isEnding else { return false }
            while state.waiting <= limit / 2, let frame = rest.popFirst() {
                state.queue.append(frame)
                state.queued += frame.cost
            }
            return true
        }
        return rest
    }

    /// Waits until half of the buffer is free.
    ///
    /// - Returns: `false` when the stream has ended, or is about to.
    private func hasRoom() async -> Bool {
        await withCheckedContinuation { waiter in
            let answer: Bool? = state.withLock { state in
                if state.isEnding { return false }
                if state.waiting <= limit / 2 { return true }
                state.waiters.append(waiter)
                return nil
            }
            if let answer { waiter.resume(returning: answer) }
        }
    }

    /// - Parameter body: Returns whether there is something for the loop.
    private func change(_ body: (inout sending State) -> Bool) {
        let (isNew, isUrgent, waiters) = state.withLock { state in
            let hasNews = body(&state)
            // A client whose buffer fills must not lose it while the loop waits for more.
            let isUrgent = state.isEnding || state.queued > limit / 4
            let isNew = hasNews && state.announce(isUrgent ? .lookAtOnce : .look)
            return (isNew, isUrgent, state.isEnding ? state.takeWaiters() : [])
        }
        for waiter in waiters { waiter.resume(returning: false) }
        if isNew { mailbox.post(.look(ticket, isUrgent: isUrgent)) }
    }
}

// For the loop.
extension ClientStream {
    func take() -> Batch {
        state.withLock { state in
            let batch = Batch(frames: state.queue, ending: state.ending)
            state.taken += state.queued
            (state.queue, state.queued, state.announced) = ([], 0, .nothing)
            return batch
        }
    }

    /// Says how many bytes are still to be sent of what was taken.
    func settle(unsent: Int) {
        let waiters = state.withLock { state in
            (state.taken, state.refused) = (0, unsent)
            return state.waiting <= limit / 2 ? state.takeWaiters() : []
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// Nothing is sent any more.
    func end() {
        let waiters = state.withLock { state in
            state.isOver = true
            (state.queue, state.queued) = ([], 0)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume(returning: false) }
    }
}

extension Frame {
    /// Bytes that it takes to send the frame, roughly.
    fileprivate var cost: Int { text.count + 16 }
}
