import CLinux
import Glibc
import PipelineKit

/// A program whose standard input and output are ours, started by posix_spawn(3) and nothing more.
final class PipedProgram {
    let pid: pid_t
    /// Its standard input, to be written, and its standard output, to be read.
    let input: Int32
    let output: Int32

    /// - Parameter words: What it is called with, its name first.
    init(_ program: String, _ words: [String], environment: [String: String] = [:]) throws(CommandError) {
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
        pid = try Self.spawn(program, words, environment.map { "\($0.key)=\($0.value)" }, &actions)
    }

    private static func pipe() throws(CommandError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        let code = sluice_pipe(&ends)
        guard code == 0 else { throw .broken("There is no pipe to be had: \(String(cString: strerror(-code))).") }
        return (ends[0], ends[1])
    }

    /// In a group of its own: what a terminal sends to this one, such as Ctrl-C, must not end the program before it.
    private static func spawn(
        _ program: String,
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
        let code = posix_spawn(&pid, program, &actions, &attributes, lists[0], lists[1])
        guard code == 0 else { throw .broken("'\(program)' cannot be started: \(String(cString: strerror(code))).") }
        return pid
    }

    /// All that it still writes, to its end.
    func rest() -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = read(output, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return bytes
    }

    /// Whether it has ended, or does within so many milliseconds.
    func ends(within milliseconds: Int32) -> Bool {
        let process = sluice_pidfd_open(pid)
        defer { close(process) }
        var poll = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// Closes its input, on which it ends, and waits for that; what takes too long is killed. Nothing may be asked of it
    /// then.
    ///
    /// - Parameter patience: Milliseconds.
    func end(within patience: Int32) {
        close(input)
        if !ends(within: patience) { kill(pid, SIGKILL) }
        waitpid(pid, nil, 0)
        close(output)
    }
}
