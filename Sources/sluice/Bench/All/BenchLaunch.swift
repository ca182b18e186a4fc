import CLinux
import FoundationEssentials
import Glibc
import ProcessKit

/// How this program is started once more.
struct BenchLaunch {
    var words: [String]
    /// What the process takes for the place of its state, and works in.
    var directory: String
    /// The file that takes standard error.
    var errors: String

    /// - Returns: its number, the end of the pipe it reads from, and that of the pipe it writes to.
    func start() throws(CommandError) -> (pid: pid_t, input: Int32, output: Int32) {
        let said = open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard said >= 0 else { throw failure(errno) }
        defer { close(said) }
        let (input, output) = (try Self.pipe(), try Self.pipe())
        defer {
            close(input.reading)
            close(output.writing)
        }
        let pid = start(input: input.reading, output: output.writing, errors: said)
        guard pid > 0 else {
            close(input.writing)
            close(output.reading)
            throw failure(-pid)
        }
        return (pid, input.writing, output.reading)
    }

    /// - Returns: the process id, or -errno.
    private func start(input: Int32, output: Int32, errors: Int32) -> pid_t {
        withCStrings(["sluice"] + words) { words in
            withCStrings(environment) { environment in
                // The file that runs here, whatever has been put in its place since; proc_pid_exe(5).
                "/proc/self/exe".withCString { program in
                    directory.withCString { directory in
                        var launch = sluice_launch(
                            limits: sluice_limits(),
                            program: program,
                            arguments: words,
                            environment: environment,
                            directory: directory,
                            input: input,
                            output: output,
                            errors: errors,
                            report: -1,
                            control: input,
                            record: -1,
                            place: 0
                        )
                        return sluice_start_bare(&launch)
                    }
                }
            }
        }
    }

    private func failure(_ code: Int32) -> CommandError {
        .broken("'sluice \(words.joined(separator: " "))' cannot be started: \(String(cString: strerror(code))).")
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
