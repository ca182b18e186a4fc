import CLinux
import FoundationEssentials
import Glibc

/// How this program is started once more; posix_spawn(3).
struct BenchLaunch {
    var words: [String]
    /// What the process takes for the place of its state, and works in.
    var directory: String
    /// The file that takes standard error.
    var errors: String

    /// - Returns: its number, the end of the pipe it reads from, and that of the pipe it writes to.
    func start() throws(CommandError) -> (pid: pid_t, input: Int32, output: Int32) {
        let (input, output) = (try Self.pipe(), try Self.pipe())
        defer {
            close(input.reading)
            close(output.writing)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.reading, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let (pid, code) = spawn(&actions)
        guard code == 0 else {
            close(input.writing)
            close(output.reading)
            throw .broken(
                "'sluice \(words.joined(separator: " "))' cannot be started: \(String(cString: strerror(code)))."
            )
        }
        return (pid, input.writing, output.reading)
    }

    private func spawn(_ actions: inout posix_spawn_file_actions_t) -> (pid: pid_t, code: Int32) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are ignored here would be ignored there too.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        // The file that runs here, whatever has been put in its place since; proc_pid_exe(5).
        let code = withStrings(["sluice"] + words) { words in
            withStrings(environment) { posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, words, $0) }
        }
        return (pid, code)
    }

    /// Nothing of the caller's settings, and no key, gets to what is measured.
    private var environment: [String] {
        let all = ProcessInfo.processInfo.environment
        let kept = ["PATH", "LANG", "TMPDIR", "SWIFT_BACKTRACE"].compactMap { name in all[name].map { "\(name)=\($0)" }
        }
        return kept + ["HOME=\(directory)", "USER=bench", "SLUICE_STATE=\(directory)/state"]
    }

    private static func pipe() throws(CommandError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = sluice_pipe(&ends)
        guard code >= 0 else { throw .broken("No pipe can be made: \(String(cString: strerror(-code))).") }
        return (ends[0], ends[1])
    }
}

private func withStrings<Value>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value) -> Value {
    let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
}
