import Foundation
import GateKit
import PipelineKit
import PipelineTesting
import Testing

@testable import ReportsGate

/// Reports of coverage, written by the real coverage.py or after the documentation of others.
@Suite(.serialized) struct CoverageGateTests {
    private func check(_ settings: JSONValue, _ files: [String: String] = [:]) async throws -> Verdict {
        try await linted(CoverageGate.self, files, settings)
    }

    private static let calc = [
        "calc.py": """
        def sign(x):
            if x > 0:
                return 1
            if x < 0:
                return -1
            return 0

        def debug():  # pragma: no cover
            print("x")

        """,
        "test_calc.py": "from calc import sign\n\ndef test_sign():\n    assert sign(2) == 1\n",
    ]

    /// Runs the project's tests under coverage.py, which then writes a report.
    private static func command(_ report: String) throws -> JSONValue {
        let python = try PythonProject.python()
        let data = "--data-file=${SLUICE_REPORT%/*}/data"
        return .string(
            "\(python) -B -m coverage run \(data) --branch --source=. -m pytest -q -p no:cacheprovider"
                + " && \(python) -B -m coverage \(report) \(data) -o $SLUICE_REPORT --omit='test_*'"
        )
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: CoverageGate.self,
            settings: ["at_least": 50, "report": ["lcov.info"]],
            required: ["at_least"],
            files: ["lcov.info": "SF:a.c\nDA:1,1\nend_of_record\n"]
        )
    }

    @Test(arguments: ["json", "xml", "lcov"]) func whatCoveragePyWritesIsRead(format: String) async throws {
        let settings: JSONValue = ["at_least": 60, "command": try Self.command(format)]
        let verdict = try await check(settings, Self.calc)
        let excluded = format == "json" ? "; 2 more lines are excluded by comments" : ""
        #expect(verdict.outcome == .failed, "\(verdict.details)")
        #expect(
            verdict.reason == "50 % of 6 lines are covered, not the 60 % that must be\(excluded)."
        )
        #expect(verdict.metrics["line_percent"] == 50)
        #expect(verdict.metrics["branch_percent"] == 25)
        #expect(verdict.details == "calc.py:4: warning: 50 % of 6 lines are covered; not 4-6\n")
        let enough = try await check(
            .object(settings.members.merging(["at_least": 50]) { $1 }),
            Self.calc
        )
        #expect(enough.outcome == .passed)
        #expect(enough.reason == "50 % of 6 lines are covered\(excluded).")
        #expect(enough.score == 1)
    }

    @Test func testsThatFailAreNoCoverage() async throws {
        var files = Self.calc
        files["test_calc.py"] = "def test_x(): assert False\n"
        let verdict = try await check(["at_least": 0, "command": try Self.command("json")], files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasSuffix("exited with 1, but wrote no report of coverage: $SLUICE_REPORT is empty."))
        let written = try await check(
            ["at_least": 0, "command": "cp in.info $SLUICE_REPORT; exit 1"],
            ["in.info": "SF:a.c\nDA:1,1\nend_of_record\n"]
        )
        #expect(
            written.reason == "'cp in.info $SLUICE_REPORT; exit 1' exited with 1; 100 % of 1 line is covered."
        )
        #expect(written.outcome == .failed)
    }

    private static let lcov = """
        TN:
        SF:src/a.c
        DA:1,5
        DA:2,0
        DA:3,0
        DA:5,0
        BRDA:1,0,0,5
        BRDA:1,0,1,-
        end_of_record
        SF:src/b.c
        DA:1,1
        DA:2,1
        DA:3,1
        DA:4,1
        end_of_record

        """

    @Test(
        arguments: [
            (["at_least": 62.5], true, "62.5 % of 8 lines are covered."),
            (["at_least": 62.6], false, "62.5 % of 8 lines are covered, not the 62.6 % that must be."),
            (["at_least": 50, "each_file_at_least": 25], true, "62.5 % of 8 lines are covered."),
            (["at_least": 50, "each_file_at_least": 30], false, "1 file is covered less than 30 %."),
            (["at_least": 50, "branches_at_least": 50], true, "62.5 % of 8 lines are covered."),
            (
                ["at_least": 70, "branches_at_least": 60], false,
                """
                62.5 % of 8 lines are covered, not the 70 % that must be, and 50 % of 2 branches are covered, not the 60 % \
                that must be.
                """
            ),
        ] as [(JSONValue, Bool, String)]
    )
    func floorsSayWhatMustBeCovered(settings: JSONValue, holds: Bool, reason: String) async throws {
        let members = settings.members.merging(["report": ["lcov.info"]]) { $1 }
        let verdict = try await check(.object(members), ["lcov.info": Self.lcov])
        #expect(verdict.holds == holds)
        #expect(verdict.reason == reason)
    }

    @Test func filesBelowTheirFloorAreFindings() async throws {
        let verdict = try await check(
            ["at_least": 80, "each_file_at_least": 30, "report": ["lcov.info"]],
            ["lcov.info": Self.lcov]
        )
        #expect(verdict.details == "src/a.c:2: error: 25 % of 4 lines are covered; not 2-3, 5\n")
        #expect(
            verdict.reason == """
                62.5 % of 8 lines are covered, not the 80 % that must be, and 1 file is covered less than 30 %.
                """
        )
        #expect(verdict.score == 62.5 / 80)
    }

    // MARK: - Beside the start

    /// What the gate says of a tree whose report says so many of ten lines are covered, and the start so many.
    private func dropped(from start: Int?, to end: Int, _ settings: JSONValue) async throws -> Verdict {
        func files(_ covered: Int?) -> [String: String] {
            guard let covered else { return [:] }
            let lines = (1...10).map { "DA:\($0),\($0 <= covered ? 1 : 0)\n" }.joined()
            return ["in.info": "SF:a.c\n\(lines)end_of_record\n"]
        }
        let members: [String: JSONValue] = ["at_least": 0, "command": "cp in.info $SLUICE_REPORT"]
        return try await GateTrial.verdict(
            of: CoverageGate.self,
            files(end),
            .object(members.merging(settings.members) { $1 }),
            before: files(start)
        )
    }

    @Test(
        arguments: [
            (8, 8, ["drop": 0], true, "80 % of 10 lines are covered."),
            (8, 9, ["drop": 0], true, "90 % of 10 lines are covered."),
            (8, 7, ["drop": 10], true, "70 % of 10 lines are covered."),
            (8, 7, [:], true, "70 % of 10 lines are covered."),
            (8, 7, ["drop": 0], false, "70 % of 10 lines are covered, 10 points less than the 80 % at the start."),
            (8, 6, ["drop": 10], false, "60 % of 10 lines are covered, 20 points less than the 80 % at the start."),
        ] as [(Int, Int, JSONValue, Bool, String)]
    )
    func itMayNotBeLessThanAtTheStart(start: Int, end: Int, settings: JSONValue, holds: Bool, reason: String)
        async throws
    {
        let verdict = try await dropped(from: start, to: end, settings)
        #expect(verdict.holds == holds && verdict.reason == reason)
    }

    @Test func aStartThatCannotBeMeasuredIsNoYes() async throws {
        let verdict = try await dropped(from: nil, to: 9, ["drop": 0])
        #expect(verdict.outcome == .failed)
        let reason =
            "What was covered at the start is not known. 'cp in.info $SLUICE_REPORT' exited with 1, but wrote no report of "
            + "coverage: $SLUICE_REPORT is empty."
        #expect(verdict.reason == reason)
    }

    @Test func severalReportsAreOneUnion() async throws {
        let files = [
            "1.info": "SF:a.c\nDA:1,1\nDA:2,0\nend_of_record\n", "2.info": "SF:./a.c\nDA:1,0\nDA:2,3\nend_of_record\n",
        ]
        let verdict = try await check(["at_least": 100, "report": ["*.info"]], files)
        #expect(verdict.reason == "100 % of 2 lines are covered.")
    }

    @Test func coberturaWithADocumentTypeIsRead() async throws {
        let xml = """
            <?xml version="1.0"?>
            <!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
            <coverage><sources><source>/elsewhere</source></sources><packages><package><classes>
            <class filename="a.c"><methods/><lines><line number="1" hits="2" branch="true" condition-coverage="50% (1/2)"/>
            <line number="2" hits="0"/></lines></class></classes></package></packages></coverage>
            """
        let verdict = try await check(["at_least": 50, "report": ["c.xml"]], ["c.xml": xml])
        #expect(verdict.reason == "50 % of 2 lines are covered.", "\(verdict.details)")
        #expect(verdict.metrics["branch_percent"] == 50)
    }

    @Test(arguments: [
        ("", "It is neither Cobertura's XML, nor JSON of coverage.py, nor LCOV."),
        ("hello", "It is neither Cobertura's XML, nor JSON of coverage.py, nor LCOV."),
        ("SF:a.c\nDA:1,1\n", "It ends in the middle of a file."),
        ("<html/>", "It is XML, but no <coverage> of Cobertura."),
        ("<coverage>", "Line 1: no element found."),
        (
            "<!DOCTYPE coverage [<!ENTITY a 'b'>]><coverage/>",
            "Line 1: a document type declaration is not allowed here."
        ),
        ("{}", "It is JSON, but not of coverage.py: it has no 'meta' or no 'files'."),
        (
            "{",
            "Not valid JSON at line 1, column 2 (byte 1): expected a key in double quotes or '}', but found the end of the document."
        ),
    ])
    func aReportThatCannotBeReadDoesNotHold(text: String, words: String) async throws {
        let verdict = try await check(["at_least": 0, "report": ["r"]], ["r": text])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The report 'r' cannot be taken. \(words)")
    }

    @Test func aReportOfNothingDoesNotHold() async throws {
        let json = #"{"meta": {"format": 3}, "files": {}}"#
        #expect(
            try await check(["at_least": 0, "report": ["r"]], ["r": json]).reason
                == "The reports are of no line of code."
        )
        let branches = try await check(
            ["at_least": 0, "branches_at_least": 1, "report": ["r"]],
            ["r": "SF:a\nDA:1,1\nend_of_record\n"]
        )
        #expect(branches.reason == "The reports are of no branch, where 1 % must be covered.")
        #expect(
            try await check(["at_least": 0, "report": ["r"]]).reason
                == "There is no report of coverage in the workspace: nothing matches 'r'."
        )
    }

    @Test func aHangEndsWhenItsTimeIsUp() async throws {
        await #expect(throws: Failure(.timedOut, "'sleep 600' was still running after 2s and was ended.")) {
            try await check(["at_least": 1, "command": "sleep 600", "timeout": "2s"])
        }
    }

    @Test(
        arguments: [
            (["at_least": 101, "command": "x"], "Field 'at_least' must be from 0 to 100, but is 101."),
            (
                ["at_least": 1, "branches_at_least": -0.5, "command": "x"],
                "Field 'branches_at_least' must be from 0 to 100, but is -0.5."
            ),
            (["at_least": 1], "Field 'report' must name the reports when there is no 'command' to write them."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let read = try CoverageGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try CoverageGate(settings: read) }
    }

    @Test func theConfigurationIsProtected() {
        #expect(CoverageGate.protection.protect.contains("**/.coveragerc"))
        #expect(CoverageGate.protection.sections.map(\.file) == ["pyproject.toml", "setup.cfg", "tox.ini"])
    }
}
