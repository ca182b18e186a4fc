import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import GateKit
@testable import NativeGate

/// What `swift test` of Swift 6.3 prints and writes down.
struct SwiftSessionTests {
    private static let xctest = """
        Test Suite 'All tests' started at 2026-11-22 10:07:35.944
        Test Suite 'CalcTests' started at 2026-11-22 10:07:35.974
        Test Case 'CalcTests.testAdd' started at 2026-11-22 10:07:35.974
        /p/Tests/CalcTests/CalcTests.swift:13: error: CalcTests.testAdd : XCTAssertEqual failed: ("0") is not equal to ("2") - sum
        Test Case 'CalcTests.testAdd' failed (0.015 seconds)
        Test Case 'CalcTests.testNothing' started at 2026-11-22 10:07:35.989
        Test Case 'CalcTests.testNothing' passed (0.004 seconds)
        Test Case 'CalcTests.testSkip' started at 2026-11-22 10:07:35.993
        /p/Tests/CalcTests/CalcTests.swift:14: CalcTests.testSkip : Test skipped - no disk
        Test Case 'CalcTests.testSkip' skipped (0.004 seconds)
        Test Suite 'CalcTests' failed at 2026-11-22 10:07:35.997

        """
    private static let end = "Test Suite 'All tests' failed at 2026-11-22 10:07:35.997\n"
    private static let report = """
        <testsuites><testsuite name="TestResults" errors="0" tests="2" failures="1" skipped="1" time="0.02">
        <testcase classname="CalcTests" name="adds()" time="0.25"><failure message="Expectation failed: no (error)" /></testcase>
        <testcase classname="CalcTests.Sums" name="later()" ><skipped>later</skipped></testcase>
        </testsuite></testsuites>
        """

    private func verdict(_ output: String, _ report: String? = nil, status: Int = 1) -> Verdict {
        let finished = Finished(output: CappedOutput(bytes: Array(output.utf8)), status: status, elapsed: .seconds(1))
        let end = RunnerEnd(name: "swift", finished: finished)
        return SwiftSession(end: end, report: report.map { Array($0.utf8) }, sources: "/nowhere").verdict { path in
            path.hasPrefix("/p/") ? String(path.dropFirst(3)) : path
        }
    }

    @Test func bothLibrariesAreRead() {
        let verdict = verdict(
            Self.xctest + Self.end
                + "◇ Test run started.\n✘ Test run with 2 tests in 1 suite failed after 0.02 seconds.\n",
            Self.report
        )
        #expect(verdict.reason == "2 of 3 tests fail: CalcTests::testAdd, CalcTests::adds(); 2 are skipped.")
        #expect(
            verdict.story == [
                "CalcTests::testAdd: failed", "CalcTests::testNothing: passed", "CalcTests::testSkip: skipped",
                "CalcTests::adds(): failed", "CalcTests.Sums::later(): skipped",
            ]
        )
        #expect(verdict.cases[0].message == "XCTAssertEqual failed: (\"0\") is not equal to (\"2\") - sum")
        #expect(verdict.cases[0].file == "Tests/CalcTests/CalcTests.swift")
        #expect(verdict.cases[0].line == 13)
        #expect(verdict.cases[2].message == "no disk")
        #expect(verdict.cases[3].seconds == 0.25)
    }

    @Test(
        arguments: [
            (xctest, nil, 0, "swift exited with 0 before all tests had run."),
            (
                "Test Suite 'All tests' started at 10:07\nTest Case 'A.b' started at 10:07\n", nil, 1,
                "swift exited with 1 before all tests had run, while 'A::b' ran."
            ),
            ("◇ Test run started.\n", nil, 0, "swift exited with 0 before all tests had run."),
            ("◇ Test run started.\n", report, 0, "swift exited with 0 before all tests had run."),
            (
                "◇ Test run started.\n✔ Test run with 2 tests passed after 0.1 seconds.\n", report, 0,
                "swift exited with 0, although its report has failing tests: CalcTests::adds()."
            ),
            (
                "◇ Test run started.\n✔ Test run with 2 tests passed after 0.1 seconds.\n", "<x", 0,
                "swift exited with 0, but its report cannot be read: Line 1: unclosed token."
            ),
            ("", nil, 0, "No test ran. Write functions with @Test, or XCTestCase classes, in 'Tests/'."),
            ("", nil, 1, "swift exited with 1, and no test ran."),
        ] as [(String, String?, Int, String)]
    )
    func whatDoesNotAgreeDoesNotHold(output: String, report: String?, status: Int, reason: String) {
        let verdict = verdict(output, report, status: status)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["args": ["--parallel"]], "Field 'args' must not hold '--parallel': the gate itself sets it."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: SwiftTestGate.self, settings) == message)
    }

    @Test func aSwiftThatIsNotThereIsNamed() async throws {
        let failure = try await GateTrial.failure(of: SwiftTestGate.self, ["Package.swift": ""], ["program": "swift0"])
        #expect(failure == Failure(.missing, "The program 'swift0' that 'program:' names was not found in PATH."))
        let verdict = try await GateTrial.verdict(of: SwiftTestGate.self, [:])
        #expect(
            verdict.reason
                == "There is no 'Package.swift' in the workspace. Write one, or name its directory with 'directory:'."
        )
    }

    @Test(
        arguments: [
            ("Tests/CalcTests/CalcTests.swift", "import Testing\n"), ("Tests/CalcTests/CalcTests.swift", nil),
            (
                "Package.swift",
                "// swift-tools-version: 6.0\nimport PackageDescription\nlet package = Package(name: \"Calc\")\n"
            ),
            ("Package@swift-6.swift", ""), (".swiftpm/configuration/mirrors.json", "{}"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let start = try SwiftProject.files()
        let refused = try await GateTrial.refused(under: SwiftTestGate.protection, start: start, work: [path: text])
        #expect(refused == [path])
    }
}

/// The package of Tests/Fixtures/Projects/swift-calc, judged by the real swift; built once, then again as it changes.
@Suite(.enabled(if: GateTrial.has("swift"))) struct SwiftTestGateTests {
    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: SwiftTestGate.self)
    }

    @Test func aPackageIsJudged() async throws {
        try await SwiftProject.with { project in
            let passing = try await project.verdict("left + right")
            #expect(passing.reason == "All 2 tests pass.", "\(passing.details)")
            #expect(passing.story == ["CalcTests::testNothing: passed", "CalcTests::adds(): passed"])

            let failing = try await project.verdict("left - right")
            #expect(failing.reason == "1 of 2 tests fails: CalcTests::adds().")
            #expect(failing.cases.last?.file == "Tests/CalcTests/CalcTests.swift")
            #expect(failing.cases.last?.line == 5)
            #expect(failing.details == "CalcTests::adds()\nExpectation failed: (add(1, 2) → -1) == 3 (error)\n")

            try await whatFailedBeforeComesFirst(project)
            try await whatEndsEarly(project)
            try await whatTestsNothing(project)
        }
    }

    /// Of either library one test fails, and the other one is not run.
    private func whatFailedBeforeComesFirst(_ project: SwiftProject) async throws {
        let new = try await project.verdict("left - right + right / 4", failed: ["CalcTests::adds()"])
        #expect(
            new.reason == "The 1 test that failed before still fails: CalcTests::adds(). The others were not run.",
            "\(new.details)"
        )
        #expect(new.story == ["CalcTests::adds(): failed"])

        let old = try await project.verdict("left + right + 1", failed: ["CalcTests::testNothing"])
        #expect(
            old.reason == "The 1 test that failed before still fails: CalcTests::testNothing. The others were not run.",
            "\(old.details)"
        )
        #expect(old.story == ["CalcTests::testNothing: failed"])

        let mended = try await project.verdict("left == 0 ? 1 : left + right", failed: ["CalcTests::adds()"])
        #expect(mended.reason == "1 of 2 tests fails: CalcTests::testNothing.")
    }

    private func whatEndsEarly(_ project: SwiftProject) async throws {
        let crashing = try await project.verdict("left / (right - right)")
        #expect(
            crashing.reason == "swift exited with 1 before all tests had run, while 'CalcTests::testNothing' ran."
        )

        let leaving = try await project.verdict("{ exit(0) }()", imports: "import Glibc")
        #expect(
            leaving.reason == "swift exited with 0 before all tests had run, while 'CalcTests::testNothing' ran."
        )

        let failure = await #expect(throws: Failure.self) { () async throws in
            _ = try await project.verdict("{ while true {} }()", ["timeout": "40s"])
        }
        // XCTest holds back what it prints until its buffer is full.
        let words = "swift was still running after 40s and was ended. It printed last: [0/1] Planning build"
        #expect(failure == Failure(.timedOut, words))

    }

    private func whatTestsNothing(_ project: SwiftProject) async throws {
        let broken = try await project.verdict("left + wrong")
        #expect(broken.reason == "The project does not build: 1 error in 1 file.")
        #expect(broken.findings.map(\.place) == ["Sources/Calc/Calc.swift:3:60"])
        #expect(broken.findings.map(\.message) == ["cannot find 'wrong' in scope"])

        try Data("import Calc\n".utf8).write(
            to: URL(filePath: "\(project.workspace.path)/Tests/CalcTests/CalcTests.swift")
        )
        let empty = try await project.verdict("left + right")
        #expect(empty.reason == "No test ran. Write functions with @Test, or XCTestCase classes, in 'Tests/'.")
    }
}

/// A copy of the package in a temporary directory.
private struct SwiftProject {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Fixtures/Projects/swift-calc"
    )
    let workspace: Workspace
    /// The scratch directory of all judgements, as modules that were built do not work in another place.
    let scratch: String

    static func files() throws -> [String: String] {
        let names = ["Package.swift", "Sources/Calc/Calc.swift", "Tests/CalcTests/CalcTests.swift"]
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try String(contentsOf: fixture.appending(path: $0), encoding: .utf8))
            }
        )
    }

    static func with(_ body: (SwiftProject) async throws -> Void) async throws {
        try await withTemporaryWorkspace(files()) { workspace in
            try await withTemporaryWorkspace { scratch in
                try await body(SwiftProject(workspace: workspace, scratch: scratch.path))
            }
        }
    }

    /// Judges with another sum; of the judgement before only what was built is still there.
    func verdict(
        _ sum: String,
        _ settings: JSONValue = [:],
        imports: String = "",
        failed: [String] = []
    ) async throws -> Verdict {
        let source =
            "\(imports)\n/// The sum of two numbers.\npublic func add(_ left: Int, _ right: Int) -> Int { \(sum) }\n"
        try Data(source.utf8).write(to: URL(filePath: "\(workspace.path)/Sources/Calc/Calc.swift"))
        for name in try FileManager.default.contentsOfDirectory(atPath: scratch)
        where name.hasPrefix("report") || name.hasPrefix("first") {
            try FileManager.default.removeItem(atPath: "\(scratch)/\(name)")
        }
        let gate = try SwiftTestGate(settings: SwiftTestGate.Settings(json: settings))
        var context = GateContext(scratch: { scratch })
        context.note(failed: failed)
        return try await gate.judge(workspace, in: context)
    }
}
