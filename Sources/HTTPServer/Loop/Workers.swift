import HTTPKit
import Synchronization

/// The tasks of a loop that find answers; used on the loop's thread only.
///
/// A task is kept for the next request, because of what a new one costs: each asks for its frames anew, in blocks that are
/// too large for what a thread keeps to itself, and so for a lock that the loop needs too.
final class Workers {
    /// A worker that has something to do.
    struct Busy {
        fileprivate let worker: Worker
        fileprivate let task: Task<Void, Never>
    }

    private let site: Site
    private let mailbox: Mailbox
    private let compressionFloor: Int?
    private var idle: [Busy] = []

    /// Those that are kept; more requests than these may be under way.
    private static let mostIdle = 64

    init(_ site: Site, _ mailbox: Mailbox, compressionFloor: Int?) {
        self.site = site
        self.mailbox = mailbox
        self.compressionFloor = compressionFloor
    }

    /// Lets somebody find the answer to a request; it comes by the mailbox.
    func begin(_ job: Worker.Job) -> Busy {
        let busy = idle.popLast() ?? hire()
        busy.worker.give(job)
        return busy
    }

    private func hire() -> Busy {
        let worker = Worker()
        let task = Task { [site, mailbox, compressionFloor] in
            while let job = await worker.next() {
                let reply = await site.answer(job.request, job.plan, compressionFloor: compressionFloor)
                mailbox.post(.answer(job.ticket, reply))
            }
        }
        return Busy(worker: worker, task: task)
    }

    /// Takes back a worker whose answer has come.
    func end(_ busy: Busy) {
        if idle.count < Self.mostIdle { idle.append(busy) } else { busy.worker.give(nil) }
    }

    /// Lets a worker go whose answer nobody waits for any more.
    func cancel(_ busy: Busy) {
        busy.task.cancel()
        busy.worker.give(nil)
    }

    func dismissAll() {
        for busy in idle { busy.worker.give(nil) }
        idle = []
    }
}

/// Where a worker is given its next request.
final class Worker: Sendable {
    struct Job: Sendable {
        let ticket: Ticket
        let request: HTTPRequest
        let plan: Plan
    }

    private enum Slot {
        case empty
        case awaited(UnsafeContinuation<Job?, Never>)
        /// `nil` when nothing will come any more.
        case full(Job?)
    }

    private let slot = Mutex(Slot.empty)

    /// - Parameter job: `nil` when nothing will come any more.
    fileprivate func give(_ job: Job?) {
        let waiter = slot.withLock { slot -> UnsafeContinuation<Job?, Never>? in
            guard case .awaited(let waiter) = slot else {
                slot = .full(job)
                return nil
            }
            slot = .empty
            return waiter
        }
        waiter?.resume(returning: job)
    }

    /// Waits for the next request. Not checked, as that costs each of them an allocation: whoever is put into the slot is
    /// taken out of it once, by the lines above or by these.
    fileprivate func next() async -> Job? {
        await withUnsafeContinuation { waiter in
            let known = slot.withLock { slot -> Job?? in
                guard case .full(let job) = slot else {
                    slot = .awaited(waiter)
                    return nil
                }
                slot = .empty
                return .some(job)
            }
            if let known { waiter.resume(returning: known) }
        }
    }
}
