import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// `sluice test`: pipelines with a scripted model, without a network.
enum TestCommand: Subcommand {
    struct Options: Fields {
        @Field("Write JUnit XML to a file; '-' is standard output.") var junit: String? = nil
        @Field("Write a test made from a recorded run into this file; PATH is the run then, the newest when left out.")
        var record: String? = nil
        @Field("With '--record': write over a file that is there.") var replace: Bool = false
        @Field("With '--record': path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "test"
    static let summary = "Plays the tests of pipelines, '*.test.yaml', with scripted models and without a network."
    static let operands = [
        Operand(
            name: "PATH",
            help: "A test file, or a directory with some; the current one when left out.",
            isOptional: true
        )
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        if let file = options.record {
            guard options.junit == nil else {
                throw .usage("Option '--junit' goes with tests, and '--record' plays none.")
            }
            return try await TestRecording.write(file, replaces: options.replace, options.db, operands, session)
        }
        guard !options.replace, options.db == nil else {
            throw .usage("Options '--replace' and '--db' go with '--record FILE'.")
        }
        let suite = try TestSuite(operands.first ?? ".")
        let report = try await play(suite, session, isQuiet: options.junit == "-")
        if let path = options.junit { try OutputFile.write(report.junit, to: path, "The report") }
        return report.failed.isEmpty ? .achieved : .notAchieved
    }

    /// - Parameter isQuiet: Whether standard output is for something else.
    private static func play(_ suite: TestSuite, _ session: Session, isQuiet: Bool) async throws(CommandError)
        -> TestReport
    {
        func tell(_ line: String) { isQuiet ? Output.error(line) : Output.line(line) }
        let place = try TemporaryDirectory(in: TestStage.parent, prefix: "sluice-test-")
        let path = place.path
        let signals = StopSignals.clearingAway(path)
        defer { withExtendedLifetime(signals) {} }
        let clock = ContinuousClock()
        let began = clock.now
        let results = await TestRunner(suite.tests, session, in: path).play { result in
            TestReport.lines(result).forEach(tell)
            Output.flush()
        }
        let report = TestReport(results: results, files: suite.files, elapsed: clock.now - began)
        tell(report.summary)
        return report
    }
}
