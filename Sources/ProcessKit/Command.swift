public import PipelineKit

/// A program to run.
///
/// One made for a ``PipelineKit/Workspace`` runs in the sandbox of that workspace, and so does all it starts.
public struct Command: Sendable, Hashable {
    /// Where the program's two streams go.
    public enum Output: Sendable, Hashable {
        /// Standard error joins standard output, in the order written.
        case merged
        case separate
    }

    /// How long a program may print nothing on standard output.
    public struct Silence: Sendable, Hashable {
        /// From its start to the first byte.
        public var first: Duration
        /// From one piece to the next, and from the last to the end of the program.
        public var between: Duration

        public init(first: Duration, between: Duration) {
            self.first = first
            self.between = between
        }
    }

    /// A path, taken from ``directory`` unless absolute, or a name that is looked up in PATH.
    public var program: String
    public var arguments: [String]
    /// Absolute path of the working directory.
    public var directory: String
    /// Added to ``Environment/minimal``; nothing else reaches the program.
    public var environment: [String: String]
    /// What the program reads on standard input; empty for /dev/null.
    public var input: [UInt8]
    /// How long the program may run before it is ended, with everything it started.
    public var timeout: Duration
    /// How long the program may print nothing before it is ended; `nil` for as long as it may run.
    public var silence: Silence?
    /// How long the program may take to end by itself once it was asked with SIGTERM.
    public var grace: Duration
    /// How much is kept, of each stream.
    public var limit: OutputLimit
    public var output: Output
    /// Bytes that are kept of a report, at most; with that, descriptor 3 takes one, else it is closed.
    ///
    /// Nobody but this process can read what is written there, and nobody can take it back: neither an exit handler nor
    /// a process in the background. There is nothing at the other end to read, and no way to open it a second time.
    public var report: Int?
    /// What it may touch; `nil` for all that this process may.
    public var confinement: Confinement?

    public init(
        _ program: String,
        _ arguments: [String] = [],
        in directory: String,
        environment: [String: String] = [:],
        input: [UInt8] = [],
        timeout: Duration = .seconds(120),
        silence: Silence? = nil,
        grace: Duration = .seconds(2),
        limit: OutputLimit = .standard,
        output: Output = .separate,
        report: Int? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.input = input
        self.timeout = timeout
        self.silence = silence
        self.grace = grace
        self.limit = limit
        self.output = output
        self.report = report
    }

    /// A command line for /bin/sh, its two streams merged.
    public static func shell(
        _ line: String,
        in directory: String,
        environment: [String: String] = [:],
        timeout: Duration = .seconds(120),
        grace: Duration = .seconds(2),
        limit: OutputLimit = .standard
    ) -> Command {
        Command(
            "/bin/sh",
            ["-c", line],
            in: directory,
            environment: environment,
            timeout: timeout,
            grace: grace,
            limit: limit,
            output: .merged
        )
    }
}

extension Command: CustomStringConvertible {
    /// The command as a person would type it, at most 200 characters: `git commit -m 'first try'`.
    public var description: String {
        let line = shellLine ?? ([program] + arguments).map(Self.quoted).joined(separator: " ")
        return line.count > 200 ? line.prefix(199) + "…" : line
    }

    /// What a shell was given to run.
    private var shellLine: String? {
        let isShell = ["sh", "bash"].contains(program.split(separator: "/").last.map(String.init) ?? "")
        return isShell && arguments.count == 2 && arguments[0] == "-c" ? arguments[1] : nil
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789-_./=:,+@%".contains(Character($0))
        }
        return plain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}

/// A command that has ended.
public struct Finished: Sendable, Hashable {
    /// Standard output, or both streams when they were merged.
    public var output: CappedOutput
    /// Standard error; empty when the streams were merged.
    public var errors: CappedOutput
    /// What was written to its report, ``Command/report``; one that is cut is no report.
    public var report: CappedOutput
    /// The exit status, or 128 plus the signal that ended the command.
    public var status: Int
    /// From the start of the command to its own end.
    public var elapsed: Duration
    /// What the processors worked for the command and all it started, in programs and in the system, as the system
    /// counts it; without processes whose parents ignore SIGCHLD.
    public var processorTime: Duration
    /// How many processes that the command started could not be ended; as a rule 0, or those of another user.
    public var survivors: Int
    /// Whether it was ended for its silence, ``Command/silence``.
    public var wasSilent: Bool
    /// Bytes that all its processes used when they were ended because they may not; `nil` when they did not.
    public var memoryUsed: Int?

    public init(
        output: CappedOutput,
        errors: CappedOutput = CappedOutput(),
        report: CappedOutput = CappedOutput(),
        status: Int,
        elapsed: Duration,
        processorTime: Duration = .zero,
        survivors: Int = 0,
        wasSilent: Bool = false,
        memoryUsed: Int? = nil
    ) {
        self.output = output
        self.errors = errors
        self.report = report
        self.status = status
        self.elapsed = elapsed
        self.processorTime = processorTime
        self.survivors = survivors
        self.wasSilent = wasSilent
        self.memoryUsed = memoryUsed
    }
}

/// How a command came to its end.
public enum Outcome: Sendable, Hashable {
    /// By itself.
    case finished(Finished)
    /// By force, as its time was up; with what it had printed until then.
    case timedOut(Finished)
}
