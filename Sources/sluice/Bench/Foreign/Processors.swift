import CLinux
import FoundationEssentials
import Glibc

/// Which processors this process may use.
enum Processors {
    /// How many.
    static var allowed: Int { Int(sluice_processors()) }

    /// Has all threads, and what they start from now on, use the same one.
    static func keepToOne() {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        for thread in threads.compactMap({ pid_t($0) }) { _ = sluice_keep_to_one_processor(thread) }
    }
}
