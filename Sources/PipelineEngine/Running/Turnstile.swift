import Synchronization

/// Lets one piece of asynchronous work pass at a time, in the order of asking.
final class Turnstile: Sendable {
    private struct Line {
        var isBusy = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let line = Mutex(Line())

    func pass<Value: Sendable, Failure: Error>(
        _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        await enter()
        defer { leave() }
        return try await work()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let mayPass = line.withLock { line in
                if line.isBusy { line.waiting.append(continuation) }
                defer { line.isBusy = true }
                return !line.isBusy
            }
            if mayPass { continuation.resume() }
        }
    }

    private func leave() {
        let next = line.withLock { line in
            if line.waiting.isEmpty {
                line.isBusy = false
                return nil as CheckedContinuation<Void, Never>?
            }
            return line.waiting.removeFirst()
        }
        next?.resume()
    }
}
