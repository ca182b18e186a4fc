import PipelineKit
import Testing

@testable import GateKit

/// Reports as `dotnet test --logger trx` writes them.
struct TRXReportTests {
    static func report(_ results: String, _ more: String = "", summary: String = "Completed") -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <TestRun id="9f" name="ann@host 2024-05-01 10:00:00" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Times creation="2024-05-01T10:00:00.0000000+00:00" finish="2024-05-01T10:00:01.0000000+00:00" />
          <Results>\(results)</Results>
          <TestDefinitions>
            <UnitTest name="Calc.Tests.CalcTests.Adds" storage="/p/bin/calc.tests.dll" id="t1">
              <Execution id="e1" />
              <TestMethod codeBase="/p/bin/Calc.Tests.dll" className="Calc.Tests.CalcTests" name="Adds" />
            </UnitTest>
            <UnitTest name="Divides" storage="/p/bin/calc.tests.dll" id="t2">
              <TestMethod className="Calc.Tests.CalcTests, Calc.Tests, Version=1.0.0.0" name="Divides" />
            </UnitTest>
          </TestDefinitions>
          <ResultSummary outcome="\(summary)"><Counters total="2" />\(more)</ResultSummary>
        </TestRun>
        """
    }

    static func result(_ id: String, _ name: String, _ outcome: String, _ output: String = "") -> String {
        "<UnitTestResult executionId=\"e\" testId=\"\(id)\" testName=\"\(name)\" computerName=\"host\" "
            + "duration=\"00:01:00.2500000\" outcome=\"\(outcome)\">\(output)</UnitTestResult>"
    }

    static let failure = """
        <Output><StdOut>got 2</StdOut><ErrorInfo>
        <Message>Assert.Equal() Failure&#xD;
        Expected: 3</Message>
        <StackTrace>   at Calc.Tests.Helper.Same(Int32 a) in /p/Helper.cs:line 4
           at Calc.Tests.CalcTests.Divides() in /p/CalcTests.cs:line 12
        </StackTrace></ErrorInfo></Output>
        """

    private func read(_ text: String) throws -> TRXReport { try TRXReport(xml: Array(text.utf8)) }

    @Test func casesAreCalledByTheirClassAndMethod() throws {
        let results =
            Self.result("t1", "Calc.Tests.CalcTests.Adds", "Passed")
            + Self.result("t1", "Calc.Tests.CalcTests.Adds(a: 1)", "NotExecuted")
            + Self.result("t2", "Divides", "Failed", Self.failure) + Self.result("t9", "Lost", "Timeout")
        let report = try read(Self.report(results))
        #expect(
            report.cases.map { "\($0.id): \($0.outcome.rawValue)" } == [
                "Calc.Tests.CalcTests::Adds: passed", "Calc.Tests.CalcTests::Adds(a: 1): skipped",
                "Calc.Tests.CalcTests::Divides: failed", "Lost: error",
            ]
        )
        #expect(report.cases[0].seconds == 60.25)
        let failed = report.cases[2]
        #expect(failed.file == "/p/CalcTests.cs")
        #expect(failed.line == 12)
        #expect(failed.message.hasPrefix("Assert.Equal() Failure"))
        #expect(failed.message.contains("Expected: 3\nat Calc.Tests.Helper.Same"))
        #expect(report.problems == [])
    }

    @Test func rowsOfADataDrivenTestAreCasesOfTheirOwn() throws {
        let rows = Self.result("t1", "Adds (1,2)", "Passed") + Self.result("t1", "Adds (1,3)", "Failed", Self.failure)
        let report = try read(Self.report(Self.result("t1", "Adds", "Failed", "<InnerResults>\(rows)</InnerResults>")))
        #expect(
            report.cases.map(\.id) == [
                "Calc.Tests.CalcTests::Adds (1,2)", "Calc.Tests.CalcTests::Adds (1,3)", "Calc.Tests.CalcTests::Adds",
            ]
        )
    }

    @Test func whatWentWrongBesidesTheTestsIsKept() throws {
        let infos = """
            <RunInfos><RunInfo outcome="Warning"><Text>No test is available.</Text></RunInfo>
            <RunInfo outcome="Error"><Text>The active test run was aborted. Reason: Test host process crashed</Text></RunInfo>
            </RunInfos>
            """
        let report = try read(Self.report("", infos, summary: "Failed"))
        #expect(report.cases == [])
        #expect(report.problems == ["The active test run was aborted. Reason: Test host process crashed"])
    }

    @Test(arguments: [
        ("<a/>", "It holds no <TestRun>."), ("<TestRun>", "Line 1: no element found."),
        ("<!DOCTYPE a><TestRun/>", "Line 1: a document type declaration is not allowed here."),
    ])
    func whatIsNoReportIsRefused(text: String, message: String) {
        #expect(throws: Failure(.invalidInput, message)) { try read(text) }
    }
}

/// Lines of the compilers of the JVM and of .NET.
struct ManagedCompilerOutputTests {
    @Test(arguments: [
        (
            "[ERROR] /p/src/main/java/Calc.java:[3,12] cannot find symbol",
            "p/src/main/java/Calc.java:3:12: error: cannot find symbol"
        ),
        ("/p/Calc.java:3: error: ';' expected", "p/Calc.java:3: error: ';' expected"),
        ("e: file:///p/Calc.kt:3:12 Unresolved reference: x", "p/Calc.kt:3:12: error: Unresolved reference: x"),
        ("e: /p/Calc.kt: (3, 12): Unresolved reference: x", "p/Calc.kt:3:12: error: Unresolved reference: x"),
        (
            "/p/Calc.cs(3,12): error CS0103: The name 'x' does not exist [/p/calc.csproj]",
            "p/Calc.cs:3:12: error: The name 'x' does not exist [CS0103]"
        ),
        ("/p/Calc.fs(3): error FS0039: not defined", "p/Calc.fs:3: error: not defined [FS0039]"),
    ])
    func anErrorIsFoundOnce(line: String, finding: String) {
        let found = CompilerOutput.errors(in: "\(line)\n[INFO] more\n\(line)\n") { String($0.dropFirst()) }
        #expect(found.map(\.description) == [finding])
    }

    @Test(arguments: [
        "[ERROR] Failed to execute goal: Compilation failure", "[ERROR] /p/a:[x,1] no", "e: none", "e: file:///a:1 b",
        "a(1): warning CS1: b", "(1): error CS1: a", "a(x): error CS1: b", "e: a: (1): b",
    ])
    func otherLinesAreNoErrors(line: String) {
        #expect(CompilerOutput.errors(in: line) { $0 } == [])
    }
}
