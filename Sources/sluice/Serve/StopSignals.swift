@preconcurrency import Dispatch
import Glibc
import Synchronization

/// SIGINT and SIGTERM: the first ends the server in good order, the second at once.
final class StopSignals: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let count = Mutex(0)

    /// Whether one has come.
    var hasCome: Bool { count.withLock { $0 > 0 } }

    init(first: @escaping @Sendable () -> Void) {
        let (queue, ready) = (DispatchQueue(label: "signals"), DispatchGroup())
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            ready.enter()
            source.setRegistrationHandler { ready.leave() }
            source.setEventHandler { [self] in
                let isFirst = count.withLock { count in
                    count += 1
                    return count == 1
                }
                if isFirst { first() } else { exit(130) }
            }
            source.resume()
        }
        // One that comes before anybody listens is lost: the system ignores it by now.
        ready.wait()
    }
}
