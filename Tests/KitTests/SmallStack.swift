import Foundation
import Synchronization

/// A thread with 512 KiB of stack, the least that Apple's systems give one.
final class SmallStack: Sendable {
    private let result = Mutex("")
    private let done = DispatchSemaphore(value: 0)

    /// Runs work on such a thread and waits for what it says.
    static func run(_ work: @escaping @Sendable () -> String) -> String {
        let run = SmallStack()
        let thread = Thread {
            run.result.withLock { $0 = work() }
            run.done.signal()
        }
        thread.stackSize = 512 * 1024
        thread.start()
        run.done.wait()
        return run.result.withLock(\.self)
    }
}
