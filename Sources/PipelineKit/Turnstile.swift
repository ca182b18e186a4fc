import Synchronization

/// Lets one piece of asynchronous work pass at a time, in the order of asking.
public final class Turnstile: Sendable {
    private struct Line {
        var isBusy = false
        var lastTicket = 0
        var waiting: [(ticket: Int, entry: CheckedContinuation<Bool, Never>)] = []
    }

    private let line = Mutex(Line())

    public init() {}

    /// - Throws: ``Failure/Kind/cancelled`` when the task is cancelled before its turn has come; what `work` throws.
    public func pass<Value: Sendable>(
        _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard await enter() else { throw Failure(.cancelled, "The work was cancelled before its turn came.") }
        defer { leave() }
        return try await work()
    }

    /// Waits for the turn.
    ///
    /// - Returns: whether it came; `false` for a task that was cancelled before.
    private func enter() async -> Bool {
        if passesAtOnce() { return true }
        let ticket = line.withLock { line in
            line.lastTicket += 1
            return line.lastTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { queue($0, ticket) }
        } onCancel: {
            giveUp(ticket)
        }
    }

    private func passesAtOnce() -> Bool {
        line.withLock { line in
            guard !line.isBusy, !Task.isCancelled else { return false }
            line.isBusy = true
            return true
        }
    }

    private func queue(_ entry: CheckedContinuation<Bool, Never>, _ ticket: Int) {
        let answer: Bool? = line.withLock { line in
            // A task is marked as cancelled before its handler runs: either it is seen here, or its handler finds it
            // in line.
            guard !Task.isCancelled else { return false }
            guard line.isBusy else {
                line.isBusy = true
                return true
            }
            line.waiting.append((ticket, entry))
            return nil
        }
        if let answer { entry.resume(returning: answer) }
    }

    private func giveUp(_ ticket: Int) {
        let entry = line.withLock { line in
            line.waiting.firstIndex { $0.ticket == ticket }.map { line.waiting.remove(at: $0).entry }
        }
        entry?.resume(returning: false)
    }

    private func leave() {
        let next: CheckedContinuation<Bool, Never>? = line.withLock { line in
            guard line.waiting.isEmpty else { return line.waiting.removeFirst().entry }
            line.isBusy = false
            return nil
        }
        next?.resume(returning: true)
    }
}
