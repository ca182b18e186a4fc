import CLinux
import FoundationEssentials
import Glibc
import PipelineKit

/// A server in a process of its own, and what that uses.
///
/// It ends with its input, and so with this process, however that ends.
final class ServerProcess {
    let pid: pid_t
    private(set) var port = 0
    private let input: Int32
    private let output: Int32

    /// How long it may take to listen, and to end; milliseconds.
    private static let patience: Int32 = 30_000

    /// - Parameter words: What this program is called with.
    init(_ words: [String], environment: [String: String]) throws(CommandError) {
        let (childInput, input) = try Self.pipe()
        let (output, childOutput) = try Self.pipe()
        self.input = input
        self.output = output
        defer {
            close(childInput)
            close(childOutput)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, childInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, childOutput, STDOUT_FILENO)
        pid = try Self.spawn(["sluice"] + words, environment.map { "\($0.key)=\($0.value)" }, &actions)
        do throws(CommandError) { port = try announcedPort() } catch {
            end()
            throw error
        }
    }

    private static func pipe() throws(CommandError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        let code = sluice_pipe(&ends)
        guard code == 0 else { throw .broken("There is no pipe to be had: \(String(cString: strerror(-code))).") }
        return (ends[0], ends[1])
    }

    /// In a group of its own: what a terminal sends to this one, such as Ctrl-C, must not end the server before it.
    private static func spawn(
        _ words: [String],
        _ environment: [String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws(CommandError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let lists = [words, environment].map { texts in texts.map { strdup($0) } + [nil] }
        defer { for text in lists.joined() { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, lists[0], lists[1])
        guard code == 0 else { throw .broken("The server cannot be started: \(String(cString: strerror(code))).") }
        return pid
    }

    // MARK: - What it says and how it ends

    private func announcedPort() throws(CommandError) -> Int {
        var line: [UInt8] = []
        var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        while line.last != UInt8(ascii: "\n") {
            var byte: UInt8 = 0
            guard Glibc.poll(&poll, 1, Self.patience) > 0, Glibc.read(output, &byte, 1) == 1 else {
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
    func ends(within milliseconds: Int32) -> Bool {
        let process = sluice_pidfd_open(pid)
        defer { close(process) }
        var poll = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// Has it end in good order, and waits for that; what takes too long is killed. Nothing may be asked of it then.
    func end() {
        close(input)
        if !ends(within: Self.patience) { kill(pid, SIGKILL) }
        waitpid(pid, nil, 0)
        close(output)
    }

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
