import PipelineEngine
import PipelineKit
import Testing

/// Finds what its settings say, in the words that a report must survive.
struct EvidenceGate: Gate {
    static let id: ModuleID = "evidence"
    static let summary = "Finds what its settings say."

    struct Settings: Fields {
        @Field("Whether there are cases.") var cases: Bool = false
        @Field("Whether there are findings.") var findings: Bool = false
        @Field("Whether it cannot answer.") var breaks: Bool = false
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        if settings.breaks { throw Failure(.missing, "There is no runner.") }
        var verdict = Verdict(.failed, "1 of 2 tests fails: a<b>.")
        if settings.cases {
            verdict.cases = [Self.failing, TestCase("t.py::works", .passed, seconds: 0.5), Self.skipped]
        }
        if settings.findings { verdict.findings = Self.findings }
        if settings.findings { verdict.metrics = ["median_ms": 1.5] }
        return verdict
    }

    private static var failing: TestCase {
        var test = TestCase("t.py::C::\"a<b>\"&\u{1B}", .failed, "expected <1> & \"2\"\n```\n\u{0}", seconds: 0.25)
        test.file = "t.py"
        test.line = 7
        return test
    }
    private static let skipped = TestCase("later", .skipped, "no *network*")
    private static let findings = [
        Verdict.Finding(.error, "Undefined name 'x'.", rule: "F821", file: "a b%.py", line: 3, column: 5),
        Verdict.Finding(.note, "By the way."),
    ]
}

/// The evidence of a check, for people and for other tools.
struct RunReportTests {
    private func report(_ settings: JSONValue, after iteration: Int? = nil) async throws -> RunReport {
        var registry = Bench.registry
        registry.add(EvidenceGate.self)
        let bench = Bench(Bench.temporary(), registry: registry)
        defer { bench.remove() }
        let goal: JSONValue = ["gate": "evidence", "with": settings]
        let run = try await bench.start([[:]], goal: goal, limits: ["iterations": 1])
        _ = try await bench.services.runs.carryOn(run)
        return try await bench.services.runs.report(of: run, after: iteration)
    }

    @Test func aReportIsJUnitForToolsThatReadThat() async throws {
        let report = try await report(["cases": true])
        #expect(
            report.junit == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="p" tests="3" failures="1" errors="0" skipped="1" time="0.0">
                <testsuite name="evidence" tests="3" failures="1" errors="0" skipped="1" time="0.0" timestamp="\(report.at)">
                <properties><property name="sluice.run" value="r1"/><property name="sluice.outcome" value="failed"/></properties>
                <testcase classname="t.py::C" name="&quot;a&lt;b&gt;&quot;&amp;\u{FFFD}" file="t.py" line="7" time="0.25">\
                <failure message="expected &lt;1&gt; &amp; &quot;2&quot;">expected &lt;1&gt; &amp; "2"
                ```
                \u{FFFD}</failure></testcase>
                <testcase classname="t.py" name="works" time="0.5"/>
                <testcase classname="" name="later"><skipped message="no *network*">no *network*</skipped></testcase>
                </testsuite>
                </testsuites>

                """
        )
    }

    @Test func findingsAreCasesOfTheirOwn() async throws {
        let text = try await report(["findings": true]).junit
        #expect(text.contains(#"<testsuite name="evidence" tests="2" failures="1" errors="0" skipped="0""#))
        #expect(
            text.contains(#"name="a b%.py:3:F821" file="a b%.py" line="3"><failure message="Undefined name 'x'.">"#)
        )
        #expect(text.contains(#"<testcase classname="" name=""/>"#))
    }

    @Test(
        arguments: [
            (
                [:],
                #"<testcase classname="" name="evidence" time="0.0"><failure message="1 of 2 tests fails: a&lt;b&gt;.">"#
            ),
            (
                ["breaks": true],
                #"<testcase classname="" name="evidence" time="0.0"><error message="There is no runner.">"#
            ),
        ] as [(JSONValue, String)]
    )
    func aGoalThatDoesNotHoldIsNeverGreen(settings: JSONValue, line: String) async throws {
        #expect(try await report(settings).junit.contains(line))
    }

    @Test func aReportIsSARIFForCodeHosts() async throws {
        let report = try await report(["cases": true, "findings": true])
        let run = try #require(report.sarif["runs"]?.elements.first)
        #expect(report.sarif["version"] == "2.1.0")
        #expect(run["tool"]?["driver"]?["rules"] == [["id": "F821"], ["id": "finding"], ["id": "test-failure"]])
        let message = "t.py::C::\"a<b>\"&\u{1B}: expected <1> & \"2\"\n```\n\u{0}"
        #expect(
            run["results"] == [
                [
                    "ruleId": "test-failure", "level": "error", "message": ["text": .string(message)],
                    "locations": [
                        [
                            "physicalLocation": [
                                "artifactLocation": ["uri": "t.py", "uriBaseId": "SRCROOT"],
                                "region": ["startLine": 7],
                            ]
                        ]
                    ],
                ],
                [
                    "ruleId": "F821", "level": "error", "message": ["text": "Undefined name 'x'."],
                    "locations": [
                        [
                            "physicalLocation": [
                                "artifactLocation": ["uri": "a%20b%25.py", "uriBaseId": "SRCROOT"],
                                "region": ["startLine": 3, "startColumn": 5],
                            ]
                        ]
                    ],
                ],
                ["ruleId": "finding", "level": "note", "message": ["text": "By the way."]],
            ]
        )
        let alone = try await self.report([:]).sarif["runs"]?.elements.first?["results"]
        #expect(alone == [["ruleId": "goal", "level": "error", "message": ["text": "1 of 2 tests fails: a<b>."]]])
    }

    @Test func aReportIsMarkdownForPeople() async throws {
        let text = try await report(["cases": true, "findings": true]).markdown
        #expect(
            text == """
                ## evidence does not hold

                1 of 2 tests fails: a\\<b\\>.

                Run `r1` · pipeline p · check 1 · not achieved · 0 s · 1 passed · 1 failed · 1 skipped

                ### Failing

                #### t.py::C::"a\\<b\\>"\\&\u{FFFD} (t.py:7)

                ````text
                expected <1> & "2"
                ```
                \u{FFFD}
                ````

                ### Findings

                - a b%.py:3:5: error: Undefined name 'x'. \\[F821\\]
                - note: By the way.

                ### Measured

                | | |
                |---|---|
                | median\\_ms | 1.5 |

                """
        )
    }

    @Test func eachCheckHasItsReport() async throws {
        #expect(try await report([:], after: 0).check == CheckName(iteration: 0))
        #expect(try await report([:]).check == CheckName(iteration: 1))
        await #expect(throws: ServiceError.invalid("Run 'r1' has had no check after iteration 5.")) {
            _ = try await report([:], after: 5)
        }
    }
}
