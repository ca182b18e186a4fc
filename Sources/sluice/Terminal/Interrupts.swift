@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C: the first time `first` is called, the second time the process ends, and with it all it started.
final class Interrupts: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let count = Mutex(0)

    /// Whether there was one.
    var happened: Bool { count.withLock { $0 > 0 } }

    init(first: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "interrupts")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [self] in
                let isFirst = count.withLock { count in
                    count += 1
                    return count == 1
                }
                if isFirst { first() } else { exit(130) }
            }
            source.resume()
        }
    }
}
