import CLinux
import Synchronization

/// The way to ask for a command's end, from any thread and at any time.
final class Ending: Sendable {
    private struct State {
        var control: Int32?
        var isCancelled = false
    }

    private let grace: Duration
    private let state = Mutex(State())

    init(grace: Duration) { self.grace = grace }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Ends the command now, or as soon as it has started.
    func cancel() {
        state.withLock {
            $0.isCancelled = true
            ask($0.control)
        }
    }

    /// Makes the control socket of a started command known.
    func attach(_ control: borrowing Descriptor) {
        state.withLock {
            $0.control = control.number
            if $0.isCancelled { ask($0.control) }
        }
    }

    /// Forgets the socket, before it is closed and its number goes to another.
    func detach() {
        state.withLock { $0.control = nil }
    }

    /// Ends the command because its time is up.
    func expire() {
        state.withLock { ask($0.control) }
    }

    private func ask(_ control: Int32?) {
        guard let control else { return }
        var milliseconds = Int32(clamping: max(0, Int((grace / .milliseconds(1)).rounded())))
        // A supervisor that cannot be told has gone, and its command with it.
        _ = sluice_send(control, &milliseconds, MemoryLayout<Int32>.size)
    }
}
