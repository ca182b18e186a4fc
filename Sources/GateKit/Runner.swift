public import PipelineKit
public import ProcessKit

/// A program that judges a project, as a gate starts it.
public struct Runner: Sendable {
    /// What people call it: `ctest`.
    public let name: String
    /// Absolute path.
    public let program: String

    /// Finds a program as the settings name it, in the project's own installation, or in PATH.
    ///
    /// - Parameters:
    ///   - setting: A path, relative to the project, or a name that is looked up in PATH; `nil` for the usual one.
    ///   - own: Where projects install it for themselves, relative to them: `node_modules/.bin/vitest`.
    ///   - install: What to do when it is not there: `apt-get install cmake`.
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` with where it was looked for and how to install it.
    public init(
        _ name: String,
        named setting: String? = nil,
        own: [String] = [],
        in project: String,
        install: String
    ) throws(Failure) {
        self.name = name
        if let setting {
            program = try Self.named(setting, in: project)
            return
        }
        let installed = own.map { "\(project)/\($0)" }.first(where: Programs.isExecutable)
        guard let found = installed ?? Programs.find(name) else {
            let places = (own.map { "'\($0)' in '\(project)'" } + ["PATH"]).joined(separator: ", ")
            throw Failure(.missing, "'\(name)' was not found: not in \(places). Install it: \(install)")
        }
        program = found
    }

    private static func named(_ setting: String, in project: String) throws(Failure) -> String {
        guard setting.contains("/") else {
            guard let found = Programs.find(setting) else {
                throw Failure(.missing, "The program '\(setting)' that 'program:' names was not found in PATH.")
            }
            return found
        }
        let path = setting.hasPrefix("/") ? setting : "\(project)/\(setting)"
        guard Programs.isExecutable(path) else {
            throw Failure(.missing, "The program '\(path)' that 'program:' names is not an executable file.")
        }
        return path
    }

    /// Runs it to its end in the judged workspace; both streams are one output.
    ///
    /// - Parameters:
    ///   - output: `.separate` where standard output is the report itself.
    ///   - report: ``ProcessKit/Command/report``.
    ///   - late: What is told when its time is up, given what it wrote until then.
    /// - Throws: ``PipelineKit/Failure/Kind/timedOut`` when its time is up.
    public func run(
        _ arguments: [String],
        in workspace: Workspace,
        environment: [String: String] = [:],
        timeout: Duration,
        limit: OutputLimit = .runner,
        output: Command.Output = .merged,
        report: Int? = nil,
        _ context: GateContext,
        late: (Failure, Finished) -> Failure = { failure, _ in failure }
    ) async throws(Failure) -> RunnerEnd {
        var command = Command(
            program,
            arguments,
            in: workspace,
            environment: environment,
            timeout: timeout,
            limit: limit,
            output: output
        )
        command.report = report
        switch try await outcome(of: command, progress: context.progress) {
        case .finished(let finished): return RunnerEnd(name: name, finished: finished)
        case .timedOut(let finished):
            // What it says of its own end, when it was asked to, says nothing: `make: *** [Makefile:2: test] Terminated`.
            let lines = finished.output.text.split(separator: "\n").filter { !$0.hasPrefix("\(name): *** ") }
            let last = lines.last.map { String($0).trimmed } ?? ""
            let words = last.isEmpty ? "" : " It printed last: \(last)"
            let sentence = "\(name) was still running after \(timeout.written) and was ended.\(words)"
            throw late(Failure(.timedOut, sentence), finished)
        }
    }
}

extension Failure {
    /// Why a runner was ended, with what had begun by then in the place of what it printed last.
    ///
    /// - Parameter names: Of tests, or of their files; none leaves the failure as it is.
    public func naming(open names: [String]) -> Failure {
        guard !names.isEmpty, let end = message.firstRange(of: " and was ended.") else { return self }
        var failure = self
        failure.message = "\(message[..<end.upperBound]) Not at their end: \(names.named(atMost: 5))."
        return failure
    }
}

/// How a runner ended.
public struct RunnerEnd: Sendable {
    /// What people call the runner.
    public let name: String
    public var finished: Finished

    public init(name: String, finished: Finished) {
        self.name = name
        self.finished = finished
    }

    /// The exit status, or 128 plus the signal that ended it.
    public var status: Int { finished.status }
    public var output: String { finished.output.text }

    /// `ctest exited with 8`, `ctest was ended by SIGSEGV`.
    public var words: String { Self.words(of: name, status: status) }

    /// The same for a runner of which only the exit status is known.
    public static func words(of name: String, status: Int) -> String {
        guard status > 128 else { return "\(name) exited with \(status)" }
        let signals = [4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"]
        return "\(name) was ended by \(signals[status - 128] ?? "signal \(status - 128)")"
    }
}

extension OutputLimit {
    /// What is kept of a runner's output: how it began, and more of how it ended.
    public static let runner = OutputLimit(head: 64 << 10, tail: 256 << 10)
}

extension Finished {
    /// Why a command line was not carried out, when its shell found no program for it, or may not run it; POSIX, 2.8.2.
    ///
    /// - Parameter name: What people call the command, quoted: `'make check'`.
    public func notStarted(_ name: String) -> Failure? {
        guard [126, 127].contains(status) else { return nil }
        let why = status == 127 ? "a program was not found" : "a program may not be executed"
        let last = output.text.split(separator: "\n").last ?? errors.text.split(separator: "\n").last
        let said = last.map { ": \($0)" } ?? "."
        return Failure(.missing, "\(name) could not run, because \(why)\(said)")
    }
}
