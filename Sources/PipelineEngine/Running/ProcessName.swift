import FoundationEssentials
import Glibc

/// A process, so named that no other one, now or later, has the same name.
public struct ProcessName: Sendable, Hashable, CustomStringConvertible {
    /// `host:boot:1234:567890`: host, start of the host, process number, start of the process in clock ticks.
    public let value: String

    public init(_ value: String) { self.value = value }

    /// This process.
    public static let current = ProcessName("\(host):\(boot):\(getpid()):\(startTicks(of: getpid()) ?? "0")")

    /// `process 1234`, for a person.
    public var description: String {
        let parts = value.split(separator: ":")
        return parts.count == 4 ? "process \(parts[2]) on \(parts[0])" : value
    }

    /// Whether an owner was a process of this host that is there no longer.
    ///
    /// Of another host's processes nobody here can tell: their claims end by themselves.
    func knowsDead(_ owner: String) -> Bool {
        let parts = owner.split(separator: ":").map(String.init)
        guard parts.count == 4, parts[0] == Self.host, let pid = pid_t(parts[2]) else { return false }
        return parts[1] != Self.boot || Self.startTicks(of: pid) != parts[3]
    }

    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.replacing(":", with: "-")
    }()

    /// Changes with each start of the host (random(4)).
    private static let boot: String = {
        let id = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return String(id?.prefix(8) ?? "unknown")
    }()

    /// Field 22 of `/proc/PID/stat` (proc(5)); `nil` when there is no such process, or only its exit status is left for
    /// a parent that has not asked for it.
    private static func startTicks(of pid: pid_t) -> String? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let afterName = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[afterName...].split(separator: " ")
        guard fields.count > 20, !["Z", "X"].contains(fields[1]) else { return nil }
        return String(fields[20])
    }
}
