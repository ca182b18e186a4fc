import GateKit
import PipelineKit
import Testing

@testable import LintersGate
@testable import ReportsGate
@testable import TestsGate

/// Reports that the code under test may have written: whatever stands in them, the reader stays up.
struct HostileReportTests {
    private static let place = FilePlace(root: "/p", home: "/p/lib")
    private static let cobertura = """
        <coverage><sources><source>/p</source></sources><class filename="a.c"><lines>
        <line number="1" hits="2" condition-coverage="50% (1/2)"/><line number="2" hits="0"/></lines></class></coverage>
        """
    private static let lcov = "SF:a.c\nDA:1,1\nDA:2,0\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nend_of_record"
    private static let json =
        #"{"files": {"a.c": {"executed_lines": [1], "missing_lines": [2]}}, "meta": {"format": 3}}"#

    @Test(arguments: [cobertura, lcov, json]) func aReportThatIsCutIsRefused(report: String) throws {
        let bytes = Array(report.utf8)
        for end in bytes.indices {
            #expect(throws: Failure.self) { try CoverageReport.read(Array(bytes[..<end]), at: Self.place) }
        }
        #expect(try CoverageReport.read(bytes, at: Self.place).lines == CoverageReport.Count(covered: 1, total: 2))
    }

    @Test func aSARIFLogThatIsCutIsRefused() throws {
        let bytes = Array(SARIFExamples.log.utf8)
        for end in bytes.indices {
            #expect(throws: Failure.self) { try SARIFReport(Array(bytes[..<end]), at: Self.place) }
        }
        #expect(try SARIFReport(bytes, at: Self.place).results.count == 3)
    }

    @Test(arguments: [
        "0", "-1", "9223372036854775807", "9223372036854775808", "1e400", "null", "\"x\"", "[]", "{}", "1.5",
    ])
    func numbersThatCannotBeAreNoPlaces(number: String) throws {
        let region = "{\"startLine\": \(number), \"startColumn\": \(number)}"
        let location =
            "{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\", \"index\": \(number)}, \"region\": \(region)}}"
        let result = "{\"ruleIndex\": \(number), \"message\": {\"text\": \"m\"}, \"locations\": [\(location)]}"
        let log = "{\"version\": \"2.1.0\", \"runs\": [{\"results\": [\(result)]}]}"
        if let report = try? SARIFReport(Array(log.utf8), at: Self.place) {
            let finding = try #require(FindingList(report.results.map(\.finding)).findings.first)
            #expect(finding.line.map { $0 > 0 } ?? true)
            #expect(finding.file == "lib/a")
        }
        let lines =
            "{\"meta\": {}, \"files\": {\"a\": {\"executed_lines\": [\(number)], \"excluded_lines\": \(number)}}}"
        if let report = try? CoverageReport.read(Array(lines.utf8), at: Self.place) {
            #expect(report.lines.total <= 1)
        }
        let lcov = "SF:a\nDA:\(number),\(number)\nBRDA:\(number),\(number),\(number),\(number)\nend_of_record\n"
        #expect(try CoverageReport.read(Array(lcov.utf8), at: Self.place).lines.total <= 1)
        let line =
            "k {\"end\": \"a\", \"of\": \"b\", \"phase\": \"call\", \"outcome\": \"passed\", \"line\": \(number)}\n"
        let told = PythonReport(Array(line.utf8), key: "k")
        let cases = UnittestLedger(told).cases + PytestLedger(told).cases
        #expect(cases.allSatisfy { $0.line.map { $0 > 0 } ?? true })
    }

    @Test func aLedgerIsReadUpToItsLastWholeLine() {
        let told = "k {\"ready\": true}\nk {\"start\": \"a\"}\nk {\"end\": \"a\", \"outc"
        let ledger = UnittestLedger(PythonReport(Array(told.utf8), key: "k"))
        #expect(ledger.isReady && !ledger.isDone && ledger.problem == nil)
        #expect(ledger.during == ", while 'a' ran")
    }

    @Test(
        arguments: [
            ("k {\"ready\": true}\nx\n", "line 2 of what it wrote down cannot be read"),
            ("k {\"ready\": true}\n{\"start\": \"a\"}\n", "line 2 of what it wrote down cannot be read"),
            ("K {\"ready\": true}\n", "line 1 of what it wrote down cannot be read"),
            ("\n", "line 1 of what it wrote down cannot be read"),
            ("k {\"done\": 0}\nk {\"start\": \"a\"}\n", "line 2 of what it wrote down comes after its end"),
            ("k {\"done\": 0}\n", nil), ("", nil), ("no line", nil),
        ] as [(String, String?)]
    )
    func whatIsNoRecordIsNotBelieved(told: String, problem: String?) {
        #expect(PythonReport(Array(told.utf8), key: "k").problem == problem)
    }

    @Test(arguments: [
        ("/p/src/a.c", "src/a.c"), ("a.c", "lib/a.c"), ("../a.c", "a.c"), ("./b/../a.c", "lib/a.c"),
        ("file:///p/a.c", "a.c"), ("/elsewhere/a.c", "/elsewhere/a.c"), ("../../../etc/x", "../../../etc/x"),
        ("/pp/a.c", "/pp/a.c"),
    ])
    func placesAreRelativeToTheWorkspace(path: String, shown: String) {
        #expect(Self.place.shown(path) == shown)
    }

    @Test func rangesOfLinesAreShort() {
        #expect(CoverageFloors.ranges([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8")
        #expect(CoverageFloors.ranges([]) == "")
        let odd = stride(from: 1, to: 25, by: 2).map { $0 }
        #expect(CoverageFloors.ranges(odd) == "1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 2 more")
        #expect(CoverageFloors.ranges([Int.max - 1, Int.max]) == "9223372036854775806-9223372036854775807")
    }

    @Test(arguments: [(89.99, "89.9"), (90, "90"), (0, "0"), (33.333, "33.3"), (100, "100"), (-0.5, "-0.5")])
    func aShareIsNeverRoundedUp(percent: Double, words: String) {
        #expect(Percentage.words(percent) == words)
    }
}
