import FoundationEssentials
import Glibc
import PipelineKit

/// What figures depend on besides the program; nothing that names the machine.
struct Machine: Sendable {
    /// Whose file system is told.
    let directory: String

    var json: JSONValue {
        [
            "cores": .int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), "processor": .string(processor),
            "memory_mb": .int(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 1_000_000),
            "kernel": .string(kernel), "filesystem": .string(filesystem),
        ]
    }

    private var processor: String {
        let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
        let line = lines.first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last.map { String($0).trimmed } ?? "unknown"
    }

    private var kernel: String {
        (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?.trimmed ?? "unknown"
    }

    /// The type of the file system with the longest mount point above the directory; proc_pid_mounts(5).
    private var filesystem: String {
        let lines = ((try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? "").split(separator: "\n")
        let mounts = lines.map { $0.split(separator: " ") }.filter { $0.count > 2 && holds(String($0[1])) }
        // Of several at one place, the last lies on top.
        let nearest = mounts.enumerated().max { ($0.element[1].count, $0.offset) < ($1.element[1].count, $1.offset) }
        return nearest.map { String($0.element[2]) } ?? "unknown"
    }

    private func holds(_ mount: String) -> Bool { mount == "/" || "\(directory)/".hasPrefix("\(mount)/") }
}
