@preconcurrency import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Ctrl-C: the first time `first` is called, the second time the process ends, and with it all it started.
///
/// SIGTERM is left to the system: it ends the process and not the run, which can be resumed.
final class Interrupts: Sendable {
    private let source: any DispatchSourceSignal
    private let count = Mutex(0)

    /// Whether there was one.
    var happened: Bool { count.withLock { $0 > 0 } }

    /// Until a source is there. Once only: from then on Dispatch has a handler of its own, and later runs of this process
    /// would take it away from the sources that are there.
    private static let ignored: Void = { _ = signal(SIGINT, SIG_IGN) }()

    init(first: @escaping @Sendable () -> Void) {
        Self.ignored
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "interrupts"))
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
