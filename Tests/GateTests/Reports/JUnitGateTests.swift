import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import ReportsGate

/// Reports of test runners, written by a command or lying there.
@Suite(.serialized) struct JUnitGateTests {
    private func check(_ settings: JSONValue, _ files: [String: String] = [:]) async throws -> Verdict {
        try await linted(JUnitGate.self, files, settings)
    }

    private static func report(_ cases: String, failures: Int = 0) -> String {
        "<testsuites><testsuite name=\"s\" failures=\"\(failures)\" errors=\"0\">\(cases)</testsuite></testsuites>"
    }

    private static let passing = report(#"<testcase classname="a.B" name="x" time="0.5" file="a.py" line="3"/>"#)
    private static let failing = report(
        #"<testcase classname="a.C" name="y"><failure message="1 != 2">at c.py:4</failure></testcase>"#,
        failures: 1
    )

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: JUnitGate.self, settings: ["report": ["*.xml"]], files: ["r.xml": Self.passing])
    }

    @Test func thePytestThatACommandRunsIsJudged() async throws {
        let python = try PythonProject.python()
        let command = "\(python) -B -m pytest -q -p no:cacheprovider --junitxml=$SLUICE_REPORT"
        let files = ["test_a.py": "def test_x(): pass\ndef test_y(): assert 1 == 2\n"]
        let verdict = try await check(["command": .string(command)], files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 2 tests fails: test_a::test_y.")
        #expect(verdict.story == ["test_a::test_x: passed", "test_a::test_y: failed"])
        let green = try await check(["command": .string(command)], ["test_a.py": "def test_x(): pass\n"])
        #expect(green.reason == "The 1 test passes.")
        #expect(green.score == 1)
    }

    @Test func theCasesOfAllReportsCount() async throws {
        let files = ["out/1.xml": Self.passing, "out/2.xml": Self.failing, "other.xml": "no report"]
        let verdict = try await check(["report": ["out/*.xml"]], files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 2 tests fails: a.C::y.")
        #expect(verdict.details == "a.C::y\nat c.py:4\n")
        #expect(verdict.cases.first?.file == "a.py")
        #expect(verdict.cases.first?.line == 3)
        #expect(verdict.cases.first?.seconds == 0.5)
    }

    @Test func aCaseOfTwoReportsIsOneWithItsWorseOutcome() async throws {
        let files = ["1.xml": Self.report(#"<testcase classname="a.C" name="y"/>"#), "2.xml": Self.failing]
        #expect(try await check(["report": ["*.xml"]], files).story == ["a.C::y: failed"])
    }

    @Test(arguments: [
        (passing, "exit 0", "The 1 test passes."),
        (passing, "exit 1", "'cp in.xml $SLUICE_REPORT; exit 1' exited with 1, although no test in its report fails."),
        (
            failing, "exit 0",
            "'cp in.xml $SLUICE_REPORT; exit 0' exited with 0, although its report has failing tests: a.C::y."
        ),
        (
            passing, "kill -SEGV $$",
            "'cp in.xml $SLUICE_REPORT; kill -SEGV $$' was ended by SIGSEGV, although no test in its report fails."
        ),
        (report(""), "exit 0", "No test ran."),
        (report(#"<testcase name="x"><skipped/></testcase>"#), "exit 0", "No test passed; 1 is skipped."),
        (
            report(#"<testcase name="x"/>"#, failures: 2), "exit 1",
            """
            'cp in.xml $SLUICE_REPORT; exit 1' exited with 1, but the report '$SLUICE_REPORT' cannot be taken: It counts 2 \
            failures and errors, but shows none.
            """
        ),
        (
            "<testsuite><testcase name='x'", "exit 0",
            """
            'cp in.xml $SLUICE_REPORT; exit 0' exited with 0, but the report '$SLUICE_REPORT' cannot be taken: Line 1: \
            unclosed token.
            """
        ),
        (
            "<coverage/>", "exit 0",
            """
            'cp in.xml $SLUICE_REPORT; exit 0' exited with 0, but the report '$SLUICE_REPORT' cannot be taken: It holds no \
            <testsuite>.
            """
        ),
    ])
    func statusAndReportMustTellOneStory(report: String, end: String, reason: String) async throws {
        let verdict = try await check(["command": .string("cp in.xml $SLUICE_REPORT; \(end)")], ["in.xml": report])
        #expect(verdict.reason == reason)
        #expect(verdict.holds == (reason == "The 1 test passes."))
    }

    @Test func aReportFromBeforeTheCommandIsNotRead() async throws {
        let files = ["r.xml": Self.passing, "s.xml": Self.passing]
        let verdict = try await check(["command": "echo crashed; exit 1", "report": ["*.xml"]], files)
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == """
                'echo crashed; exit 1' exited with 1, but wrote no JUnit report: nothing new matches '*.xml', and \
                $SLUICE_REPORT is empty; 2 reports from before it are not read.
                """
        )
        #expect(verdict.details == "crashed\n")
        let touched = try await check(["command": "cp r.xml t.xml; touch s.xml", "report": ["*.xml"]], files)
        #expect(touched.reason == "The 1 test passes.")
    }

    @Test func aDirectoryOfReportsMayStandInThePlaceOfOne() async throws {
        let command: JSONValue = "mkdir $SLUICE_REPORT && cp a.xml b.xml $SLUICE_REPORT"
        let verdict = try await check(["command": command], ["a.xml": Self.passing, "b.xml": Self.failing])
        #expect(verdict.story == ["a.B::x: passed", "a.C::y: failed"])
    }

    @Test func reportsThatLieThereAreRead() async throws {
        #expect(
            try await check(["report": ["*.xml"]]).reason
                == "There is no JUnit report in the workspace: nothing matches '*.xml'."
        )
        #expect(
            try await check(["report": ["*.xml"]], ["a.xml": Self.report("")]).reason
                == "No test ran: the reports hold no case."
        )
        #expect(
            try await check(["report": ["*.xml"]], ["a.xml": "<"]).reason
                == "The report 'a.xml' cannot be taken: Line 1: unclosed token."
        )
    }

    @Test(arguments: [
        ("sleep 600", Failure.Kind.timedOut, "'sleep 600' was still running after 2s and was ended."),
        (
            "no-such-runner", .missing,
            "'no-such-runner' could not run, because a program was not found: /bin/sh: 1: no-such-runner: not found"
        ),
    ])
    func aCommandThatDoesNotEndOrBegin(command: String, kind: Failure.Kind, message: String) async throws {
        await #expect(throws: Failure(kind, message)) {
            try await check(["command": .string(command), "timeout": "2s"])
        }
    }

    @Test(
        arguments: [
            ([:], "Field 'report' must name the reports when there is no 'command' to write them."),
            (["command": ""], "Field 'command' must be a command line, but is empty."),
            (["command": "x", "timeout": "0s"], "Field 'timeout' must be longer than 0s."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let read = try JUnitGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try JUnitGate(settings: read) }
    }

    @Test(arguments: ["true", "cp in.sarif r.sarif", "cp in.sarif $SLUICE_REPORT"])
    func aReportInSARIFIsForAnotherGate(command: String) async throws {
        let log = #"{"version": "2.1.0", "runs": []}"#
        let name = command.hasSuffix("T") ? "$SLUICE_REPORT" : "r.sarif"
        let files = ["in.sarif": log].merging(command == "true" ? ["r.sarif": log] : [:]) { $1 }
        let message = """
            The report '\(name)' is SARIF, and no JUnit XML. Have the gate 'sarif' judge it; the pipeline 'fix-lint' begins \
            with such a report.
            """
        await #expect(throws: Failure(.invalidInput, message)) {
            try await check(["command": .string(command), "report": ["r.sarif"]], files)
        }
    }

    private static let expected: JSONValue = ["command": "exit 1", "report": ["r.xml"], "must_exist": true]

    @Test func aReportThatIsNowhereIsNoVerdictWhereOneMustExist() async throws {
        let message = """
            There is no JUnit report. No file of the project matches 'r.xml'. 'exit 1' exited with 1, and wrote none there, \
            nor to $SLUICE_REPORT. Put the failing report there first.
            """
        await #expect(throws: Failure(.missing, message)) { try await check(Self.expected) }
    }

    @Test func aReportThatWasThereOnceMayBeGone() async throws {
        let reason = """
            'exit 1' exited with 1, but wrote no JUnit report: nothing new matches 'r.xml', and $SLUICE_REPORT is empty
            """
        let now = try await check(Self.expected, ["r.xml": Self.failing])
        #expect(now.reason == "\(reason); 1 report from before it is not read.")
        let start = ["r.xml": Self.failing]
        let then = try await GateTrial.verdict(of: JUnitGate.self, [:], Self.expected, before: start)
        #expect(then.reason == "\(reason).")
        let written = try await GateTrial.verdict(of: JUnitGate.self, [:], Self.expected, before: [:], failed: ["x"])
        #expect(written.reason == "\(reason).")
    }
}
