import FoundationEssentials
import Glibc
import PipelineKit
import Synchronization

/// This program once more, as a process that is measured: its lines as they come, and what it used.
///
/// It ends with its value, whatever happens. `wait4(2)` tells how much memory a process had at its largest, which a
/// supervisor in between would hide.
struct BenchChild: ~Copyable {
    /// What the system said at the end; `wait4(2)`.
    struct Ending {
        /// The exit status, or 128 and the number of the signal that ended the process.
        var status: Int
        var elapsed: Duration
        /// Resident memory at its largest, in megabytes.
        var megabytes: Double
    }

    private struct Alive {
        /// Those that have not been waited for.
        var all: Set<pid_t> = []
        /// Whether whoever asked for the figures has gone.
        var isOver = false
    }

    private static let alive = Mutex(Alive())

    private let words: [String]
    private let pid: pid_t
    private var input: Int32
    private let output: Int32
    private let errors: String
    private let began = ContinuousClock.now
    private let deadline: ContinuousClock.Instant
    private var unread: [UInt8] = []
    private var isOver = false

    /// - Parameters:
    ///   - directory: Absolute path of a private directory, in which the process keeps its state and works.
    ///   - patience: After this time it is killed, and whoever reads is told.
    init(_ words: [String], in directory: String, patience: Duration = .seconds(60)) throws(CommandError) {
        self.words = words
        errors = "\(directory)/errors.txt"
        deadline = began + patience
        let launch = BenchLaunch(words: words, directory: directory, errors: errors)
        (pid, input, output) = try launch.start()
        let pid = pid
        Self.alive.withLock { alive in
            alive.all.insert(pid)
            if alive.isOver { Glibc.kill(pid, SIGKILL) }
        }
    }

    deinit {
        if !isOver {
            Glibc.kill(pid, SIGKILL)
            _ = Self.reap(pid)
        }
        if input >= 0 { close(input) }
        close(output)
    }

    /// Whether ``killAll()`` was called.
    static var areOver: Bool { alive.withLock(\.isOver) }

    /// Kills all that there are and all that still come, for somebody who ends the benchmark early.
    static func killAll() {
        alive.withLock { alive in
            alive.isOver = true
            for pid in alive.all { Glibc.kill(pid, SIGKILL) }
        }
    }

    // MARK: - What it says

    /// The next line as JSON, an empty object for one that is none; `nil` when there are no more.
    mutating func line() throws(CommandError) -> JSONValue? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                let line = Array(unread[..<end])
                unread.removeFirst(end + 1)
                return (try? JSONValue(parsing: line)) ?? [:]
            }
            guard try read() else { return nil }
        }
    }

    /// Reads up to a line of this kind.
    ///
    /// - Throws: when the process ends without one.
    @discardableResult
    mutating func wait(for event: String, _ take: (JSONValue) -> Void = { _ in }) throws(CommandError) -> Duration {
        while let line = try line() {
            if line["ev"]?.text == event { return ContinuousClock.now - began }
            take(line)
        }
        throw failure("ended before it said '\(event)'")
    }

    private mutating func read() throws(CommandError) -> Bool {
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        let rest = (deadline - .now) / .milliseconds(1)
        guard rest > 0, poll(&ready, 1, Int32(rest.rounded(.up))) != 0 else { throw failure("took too long") }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(output, &buffer, buffer.count)
        if count < 0, errno == EINTR { return true }
        unread += buffer.prefix(max(0, count))
        return count > 0
    }

    // MARK: - What is done to it

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(input, bytes, bytes.count)  // one that is gone is noticed by whoever reads
    }

    mutating func endInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Ends it as a power cut does.
    mutating func kill() {
        Glibc.kill(pid, SIGKILL)
        _ = Self.reap(pid)
        isOver = true
    }

    /// Resident memory now, in megabytes; proc_pid_statm(5).
    var megabytes: Double {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
    }

    /// Reads what is left and waits for the end.
    ///
    /// - Throws: when it did not end with 0.
    @discardableResult
    mutating func ended(_ take: (JSONValue) -> Void = { _ in }) throws(CommandError) -> Ending {
        endInput()
        while let line = try line() { take(line) }
        let (status, usage) = Self.reap(pid)
        isOver = true
        guard status == 0 else { throw failure("ended with status \(status)") }
        return Ending(status: status, elapsed: .now - began, megabytes: Double(usage.ru_maxrss) / 1_000)
    }

    private static func reap(_ pid: pid_t) -> (status: Int, usage: rusage) {
        // First forgotten: a number that was waited for may belong to another process the next moment.
        _ = alive.withLock { $0.all.remove(pid) }
        var (status, usage): (Int32, rusage) = (0, rusage())
        while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
        return (Int(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F), usage)
    }

    private func failure(_ what: String) -> CommandError {
        let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        let reason = said.split(separator: "\n").last.map { ": \($0)" } ?? "."
        return .broken("'sluice \(words.joined(separator: " "))' \(what)\(reason)")
    }
}
