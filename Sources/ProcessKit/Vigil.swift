import CLinux
import Glibc

/// Waiting awake for what comes at once.
///
/// To wake a processor that has gone idle takes a virtual machine 20 µs and more, each way: longer than a helper needs for
/// most answers.
package enum Vigil {
    private static let longest = Duration.microseconds(100)
    /// With one processor the other side could do nothing meanwhile.
    private static let isWorthwhile = sluice_processors() > 1

    /// Returns as soon as something can be read, or when it is time to go to sleep over it.
    package static func keep(over descriptor: Int32) {
        guard isWorthwhile else { return }
        let end = ContinuousClock.now + longest
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 0) == 0, ContinuousClock.now < end { sched_yield() }
    }
}
