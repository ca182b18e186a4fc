import CLinux
import FoundationEssentials
import Glibc
import PipelineKit

/// A server in a process of its own, and what that uses.
///
/// It ends with its input, and so with this process, however that ends.
final class ServerProcess {
    private(set) var port = 0
    private let program: PipedProgram
    var pid: pid_t { program.pid }

    /// How long it may take to listen, and to end; milliseconds.
    private static let patience: Int32 = 30_000

    /// - Parameter words: What this program is called with.
    init(_ words: [String], environment: [String: String]) throws(CommandError) {
        program = try PipedProgram("/proc/self/exe", ["sluice"] + words, environment: environment)
        do throws(CommandError) { port = try announcedPort() } catch {
            end()
            throw error
        }
    }

    // MARK: - What it says and how it ends

    private func announcedPort() throws(CommandError) -> Int {
        var line: [UInt8] = []
        var poll = pollfd(fd: program.output, events: Int16(POLLIN), revents: 0)
        while line.last != UInt8(ascii: "\n") {
            var byte: UInt8 = 0
            guard Glibc.poll(&poll, 1, Self.patience) > 0, Glibc.read(program.output, &byte, 1) == 1 else {
                throw .broken("The server to be measured did not listen.")
            }
            line.append(byte)
        }
        let digits = String(decoding: line, as: UTF8.self).split(separator: ":").last?.prefix { $0.isNumber }
        guard let port = digits.flatMap({ Int($0) }) else {
            throw .broken("The server to be measured said '\(String(decoding: line, as: UTF8.self))'.")
        }
        return port
    }

    /// Whether it has ended, or does within so many milliseconds.
    func ends(within milliseconds: Int32) -> Bool { program.ends(within: milliseconds) }

    /// Has it end in good order, and waits for that; what takes too long is killed. Nothing may be asked of it then.
    func end() { program.end(within: Self.patience) }

    // MARK: - What it uses

    /// Nanoseconds of processor since its start; clock_getcpuclockid(3).
    var cpu: Int {
        var clock = clockid_t()
        guard clock_getcpuclockid(pid, &clock) == 0 else { return 0 }
        return Self.time(of: clock)
    }

    /// The same of the process that measures.
    static var ownCPU: Int { time(of: CLOCK_PROCESS_CPUTIME_ID) }

    private static func time(of clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Bytes of memory in use; without what the system keeps for its sockets.
    var resident: Int { figure("Rss:", in: "smaps_rollup") }

    /// The most of them since ``forgetPeak()``.
    var peak: Int { figure("VmHWM:", in: "status") }

    /// proc_pid_clear_refs(5)
    func forgetPeak() {
        let file = open("/proc/\(pid)/clear_refs", O_WRONLY | O_CLOEXEC)
        write(file, "5", 1)
        close(file)
    }

    /// Of the process that measures, since its start.
    static var ownPeak: Int { figure("VmHWM:", in: "status", of: getpid()) }

    private func figure(_ name: String, in file: String) -> Int { Self.figure(name, in: file, of: pid) }

    private static func figure(_ name: String, in file: String, of pid: pid_t) -> Int {
        let text = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)").map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = text?.split(separator: "\n").first { $0.hasPrefix(name) }
        let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (kilobytes ?? 0) * 1024
    }
}
