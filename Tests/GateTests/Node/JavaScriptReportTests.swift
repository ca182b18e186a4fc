import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import GateKit
@testable import NodeGate

/// Reports as Vitest and Bun document them: https://vitest.dev/guide/reporters and https://bun.sh/docs/test/reporters.
struct JavaScriptReportTests {
    private static let vitest = """
        <?xml version="1.0" encoding="UTF-8" ?>
        <testsuites name="vitest tests" tests="3" failures="1" errors="0" time="0.503">
            <testsuite name="src/calc.test.ts" tests="3" failures="1" errors="0" skipped="1" time="0.013">
                <testcase classname="src/calc.test.ts" name="sums &gt; adds" time="0.01">
                    <failure message="expected -1 to be 3 // Object.is equality" type="AssertionError">
        AssertionError: expected -1 to be 3 // Object.is equality
         ❯ src/calc.test.ts:20:28
                    </failure>
                </testcase>
                <testcase classname="src/calc.test.ts" name="nothing" time="0"></testcase>
                <testcase classname="src/calc.test.ts" name="later" time="0"><skipped/></testcase>
            </testsuite>
        </testsuites>
        """
    private static let bun = """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="bun test" tests="3" assertions="2" failures="1" skipped="1" time="0.15">
          <testsuite name="src/calc.test.ts" file="src/calc.test.ts" tests="3" failures="1" skipped="1" time="0.01">
            <testsuite name="sums" file="src/calc.test.ts" line="4" tests="1" failures="1" time="0.01">
              <testcase name="adds" classname="sums" time="0.01" file="src/calc.test.ts" line="20" assertions="1">
                <failure type="AssertionError" />
              </testcase>
            </testsuite>
            <testcase name="nothing" classname="src/calc.test.ts" time="0" file="src/calc.test.ts" line="8" />
            <testcase name="later" classname="src/calc.test.ts" time="0" file="src/calc.test.ts" line="9">
              <skipped />
            </testcase>
          </testsuite>
        </testsuites>
        """

    /// What is said of a session that left this report, run in `app` of the workspace.
    private func verdict(_ report: String?, status: Int = 1) async throws -> Verdict {
        try await withTemporaryWorkspace { scratch in
            let path = "\(scratch.path)/report.xml"
            if let report { try Data(report.utf8).write(to: URL(filePath: path)) }
            let finished = Finished(
                output: CappedOutput(bytes: Array("printed\n".utf8)),
                status: status,
                elapsed: .seconds(1)
            )
            let end = RunnerEnd(name: "vitest", finished: finished)
            return try end.verdict(ofJUnitAt: path, in: Workspace(path: "/p"), ProjectPlace("app"))
        }
    }

    @Test(arguments: [vitest, bun]) func bothFormsSayTheSame(report: String) async throws {
        let verdict = try await verdict(report)
        #expect(verdict.reason == "1 of 2 tests fails: app/src/calc.test.ts::sums::adds; 1 is skipped.")
        #expect(
            verdict.story == [
                "app/src/calc.test.ts::sums::adds: failed", "app/src/calc.test.ts::nothing: passed",
                "app/src/calc.test.ts::later: skipped",
            ]
        )
        #expect(verdict.cases[0].file == "app/src/calc.test.ts")
        #expect(verdict.cases[0].line == 20)
    }

    @Test func theAssertionIsShown() async throws {
        let verdict = try await verdict(Self.vitest)
        #expect(
            verdict.details == """
                app/src/calc.test.ts::sums::adds
                AssertionError: expected -1 to be 3 // Object.is equality
                 ❯ src/calc.test.ts:20:28

                """
        )
    }

    @Test(
        arguments: [
            (nil, 1, "vitest exited with 1 before it had written its report."),
            (nil, 139, "vitest was ended by SIGSEGV before it had written its report."),
            ("<testsuites", 0, "vitest exited with 0, but its report cannot be read: Line 1: unclosed token."),
            ("<testsuites/>", 0, "vitest exited with 0, and no test ran."),
            (
                vitest, 0,
                "vitest exited with 0, although its report has failing tests: app/src/calc.test.ts::sums::adds."
            ),
            (
                "<testsuite><testcase classname=\"a.test.js\" name=\"b\"/></testsuite>", 1,
                "vitest exited with 1, although no test in its report fails."
            ),
        ] as [(String?, Int, String)]
    )
    func exitStatusAndReportMustAgree(report: String?, status: Int, reason: String) async throws {
        let verdict = try await verdict(report, status: status)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test(.enabled(if: !GateTrial.has("vitest"))) func aVitestThatIsNotThereIsNamed() async throws {
        try await withTemporaryWorkspace { workspace in
            let gate = try VitestGate(settings: VitestGate.Settings())
            let failure = await #expect(throws: Failure.self) { () async throws in
                _ = try await gate.judge(workspace, in: GateContext(scratch: { workspace.path }))
            }
            #expect(failure?.kind == .missing)
            #expect(
                failure?.message
                    == "'vitest' was not found: not in 'node_modules/.bin/vitest' in '\(workspace.path)', PATH. "
                    + "Install it: npm install --save-dev vitest"
            )
        }
    }

    @Test(.enabled(if: !GateTrial.has("bun"))) func aBunThatIsNotThereIsNamed() async throws {
        try await withTemporaryWorkspace { workspace in
            let gate = try BunTestGate(settings: BunTestGate.Settings())
            let failure = await #expect(throws: Failure.self) { () async throws in
                _ = try await gate.judge(workspace, in: GateContext(scratch: { workspace.path }))
            }
            #expect(
                failure?.message == "'bun' was not found: not in 'node_modules/.bin/bun' in '\(workspace.path)', PATH. "
                    + "Install it: npm install --save-dev bun"
            )
        }
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        #expect(
            try GateTrial.refusal(of: VitestGate.self, ["args": ["--reporter=dot"]])
                == "Field 'args' must not hold '--reporter=dot': the gate itself sets it."
        )
        #expect(
            try GateTrial.refusal(of: BunTestGate.self, ["args": ["--only"]])
                == "Field 'args' must not hold '--only': the gate itself sets it."
        )
        #expect(
            try GateTrial.refusal(of: VitestGate.self, ["timeout": "0s"]) == "Field 'timeout' must be longer than 0s."
        )
        #expect(
            try GateTrial.refusal(of: BunTestGate.self, ["timeout": "0s"]) == "Field 'timeout' must be longer than 0s."
        )
    }

    @Test func configurationIsProtected() async throws {
        let start = ["src/calc.test.ts": "", "vitest.config.ts": "export default {};\n"]
        let work: [String: String?] = [
            "src/calc.test.ts": nil, "vitest.config.ts": "", "vite.config.js": "", "bunfig.toml": "",
            "src/calc.ts": "1\n",
        ]
        let vitest = try await GateTrial.refused(under: VitestGate.protection, start: start, work: work)
        #expect(vitest.sorted() == ["src/calc.test.ts", "vite.config.js", "vitest.config.ts"])
        let bun = try await GateTrial.refused(under: BunTestGate.protection, start: start, work: work)
        #expect(bun.sorted() == ["bunfig.toml", "src/calc.test.ts"])
    }
}

/// What needs the real runners.
@Suite(.serialized) struct JavaScriptRunnerTests {
    private static let files = [
        "package.json": #"{"type": "module"}"#,
        "src/calc.test.js": "test('adds', () => { if (1 + 2 !== 3) throw new Error('no'); });\n",
    ]

    @Test(.enabled(if: GateTrial.has("vitest"))) func vitestKeepsTheGatesPromises() async throws {
        let verdict = try await expectConformance(
            of: VitestGate.self,
            settings: ["args": ["--globals"]],
            files: Self.files
        )
        #expect(verdict.story == ["src/calc.test.js::adds: passed"])
    }

    @Test(.enabled(if: GateTrial.has("bun"))) func bunKeepsTheGatesPromises() async throws {
        let verdict = try await expectConformance(of: BunTestGate.self, files: Self.files)
        #expect(verdict.story == ["src/calc.test.js::adds: passed"])
    }
}
