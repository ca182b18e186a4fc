import NodeGate
import PipelineKit
import PipelineTesting
import Testing

/// JavaScript projects, judged by Node's own runner.
@Suite(.serialized, .enabled(if: GateTrial.has("node"))) struct NodeTestGateTests {
    private static let adds = """
        const { test } = require("node:test");
        const assert = require("node:assert");
        const { add } = require("../calc.js");

        test("adds", () => assert.strictEqual(add(1, 2), 3));
        test("nothing", () => assert.strictEqual(add(0, 0), 0));
        """

    private func judge(
        _ body: String = "return a + b;",
        top: String = "",
        tests: String = Self.adds,
        _ settings: JSONValue = [:]
    ) async throws -> Verdict {
        try await GateTrial.verdict(of: NodeTestGate.self, Self.project(body, top, tests), settings)
    }

    private static func project(_ body: String, _ top: String = "", _ tests: String = Self.adds) -> [String: String] {
        ["calc.js": "\(top)\nexports.add = (a, b) => { \(body) };\n", "test/calc.test.js": tests]
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: NodeTestGate.self, files: Self.project("return a + b;"))
    }

    @Test func aPassingSuiteHolds() async throws {
        let verdict = try await judge()
        #expect(verdict.reason == "All 2 tests pass.", "\(verdict.details)")
        #expect(verdict.outcome == .passed)
        #expect(verdict.story == ["test/calc.test.js::adds: passed", "test/calc.test.js::nothing: passed"])
        #expect(verdict.cases.map(\.line) == [5, 6])
        #expect(verdict.cases.allSatisfy { $0.file == "test/calc.test.js" && $0.seconds != nil })
    }

    @Test func aFailingSuiteNamesItsTestsAndTheirAssertions() async throws {
        let verdict = try await judge("return a - b;")
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 2 tests fails: test/calc.test.js::adds.")
        #expect(verdict.score == 0.5)
        let shown = verdict.details.split(separator: "\n").prefix(4)
        #expect(
            shown == [
                "test/calc.test.js::adds",
                "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:", "-1 !== 3",
                "    at TestContext.<anonymous> (test/calc.test.js:5:27)",
            ]
        )
    }

    @Test func suitesAndSubtestsAreNested() async throws {
        let verdict = try await judge(
            tests: """
                const { test, describe, it } = require("node:test");
                describe("sums", () => {
                  it("small", () => {});
                  it("large", { skip: "too large" }, () => {});
                  describe("deep", () => { it("bad", () => { throw new Error("no"); }); });
                });
                test("outer", async t => { await t.test("inner", () => {}); });
                test("soon", { todo: true }, () => { throw new Error("not yet"); });
                test("same", () => {});
                test("same", () => {});
                """
        )
        #expect(
            verdict.story == [
                "test/calc.test.js::sums::small: passed", "test/calc.test.js::sums::large: skipped",
                "test/calc.test.js::sums::deep::bad: failed", "test/calc.test.js::outer::inner: passed",
                "test/calc.test.js::outer: passed", "test/calc.test.js::soon: skipped",
                "test/calc.test.js::same: passed", "test/calc.test.js::same (2): passed",
            ]
        )
        #expect(verdict.cases[1].message == "too large")
        #expect(verdict.reason == "1 of 6 tests fails: test/calc.test.js::sums::deep::bad; 2 are skipped.")
    }

    @Test(arguments: [
        ("process.abort()", "The process of the file was ended by SIGABRT."),
        ("process.kill(process.pid, 'SIGSEGV')", "The process of the file was ended by SIGSEGV."),
        ("process.exit(3)", "The process of the file exited with 3."),
        ("throw new Error('top')", "The process of the file exited with 1."),
        ("(", "The process of the file exited with 1."),
    ])
    func aCrashNamesTheFileAndTheSignal(top: String, message: String) async throws {
        let verdict = try await judge(top: top)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 1 test fails: test/calc.test.js.")
        #expect(verdict.story == ["test/calc.test.js: error"])
        #expect(verdict.details == "test/calc.test.js\n\(message)\n")
    }

    @Test func aHangNamesTheFile() async throws {
        let failure = try await GateTrial.failure(
            of: NodeTestGate.self,
            Self.project("for (;;) ;"),
            ["timeout": "20s"]
        )
        #expect(
            failure
                == Failure(.timedOut, "node was still running after 20s and was ended. Not at their end: calc.test.js.")
        )
    }

    @Test func aProjectWithoutTestsDoesNotHold() async throws {
        let verdict = try await GateTrial.verdict(of: NodeTestGate.self, ["calc.js": ""])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "No test ran. Name the files that hold tests with 'paths:'.")
        let helper = try await GateTrial.verdict(of: NodeTestGate.self, ["test/helper.js": "exports.x = 1;\n"])
        #expect(helper.reason == "No test ran. Name the files that hold tests with 'paths:'.")
    }

    @Test func aFileWithoutTestsAmongOthersIsNoMatter() async throws {
        let files = Self.project("return a + b;").merging(["test/helper.js": "exports.x = 1;\n"]) { $1 }
        let verdict = try await GateTrial.verdict(of: NodeTestGate.self, files)
        #expect(verdict.reason == "All 2 tests pass.")
    }

    @Test func pathsAndDirectoryAreTaken() async throws {
        let files = Dictionary(
            uniqueKeysWithValues: Self.project("return a + b;").map { ("app/\($0)", $1) }
        ).merging(["app/test/bad.test.js": "throw 1\n"]) { $1 }
        let verdict = try await GateTrial.verdict(
            of: NodeTestGate.self,
            files,
            ["directory": "app", "paths": ["test/calc.test.js"]]
        )
        #expect(verdict.story == ["app/test/calc.test.js::adds: passed", "app/test/calc.test.js::nothing: passed"])
    }

    /// What leaves in the middle, in the code under test: before the first test, in one, and without the runner's
    /// hearing of it.
    @Test(arguments: [
        (
            "process.exit(0);", "",
            "1 test file left no test behind: test/calc.test.js. It exits before the tests have run."
        ),
        (
            "process.reallyExit(0);", "",
            "1 test file left no test behind: test/calc.test.js. It exits before the tests have run."
        ),
        (
            "", "process.reallyExit(0)",
            "1 test file left no test behind: test/calc.test.js. It exits before the tests have run."
        ),
        (
            "", "exports.once ??= process.kill(process.ppid, 'SIGKILL')",
            "node was ended by SIGKILL before all tests had run, or its report was changed."
        ),
    ])
    func leavingEarlyIsNotPassing(top: String, body: String, reason: String) async throws {
        let verdict = try await judge("\(body); return a - b;", top: top)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func aTestThatLeavesLaterIsMissed() async throws {
        let tests = """
            const { test } = require("node:test");
            const wait = () => new Promise(done => setTimeout(done, 300));
            test("first", wait);
            test("leaves", async () => { await wait(); process.reallyExit(0); });
            test("bad", () => { throw new Error("no"); });
            """
        let verdict = try await judge(tests: tests)
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "2 of the tests that were started did not end: test/calc.test.js::leaves, test/calc.test.js::bad."
        )
    }

    /// The process that makes the report is another one, and has it open where nobody else can open it.
    @Test(arguments: ["/proc/self/fd", "/proc/${process.ppid}/fd"])
    func aReportCannotBeReached(place: String) async throws {
        let top = """
            const fs = require("node:fs");
            const line = '{"event":"end","lines":0}\\n';
            for (const name of fs.readdirSync(`\(place)`)) {
              try {
                const path = `\(place)/${name}`;
                if (!fs.readlinkSync(path).startsWith("socket:")) continue;
                fs.appendFileSync(path, line);
                process.reallyExit(0);
              } catch {}
            }
            """
        let verdict = try await judge("return a - b;", top: top)
        #expect(verdict.reason == "1 of 2 tests fails: test/calc.test.js::adds.", "\(verdict.details)")
    }

    @Test(
        arguments: [
            ("test/calc.test.js", "require('node:test').test('adds', () => {});\n"), ("test/calc.test.js", nil),
            ("lib/__tests__/x.js", ""), ("sub/package.json", "{}"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let start = Self.project("return a - b;")
        let (verdict, refused) = try await GateTrial.verdict(of: NodeTestGate.self, start: start, work: [path: text])
        #expect(refused == [path])
        #expect(verdict.reason == "1 of 2 tests fails: test/calc.test.js::adds.")
    }

    @Test func aTestThatTheCodeSkipsIsNewlySkipped() async throws {
        let tests = Self.adds.replacing("() => assert", with: "t => add.skips ? t.skip('no') : assert")
        let start = Self.project("return a - b;", "", tests)
        let work = Self.project("return 0;", "", tests)["calc.js", default: ""] + "exports.add.skips = true;\n"
        let (verdict, _) = try await GateTrial.verdict(
            of: NodeTestGate.self,
            start: start.merging(["test/b.test.js": "require('node:test').test('b', () => {});\n"]) { $1 },
            work: ["calc.js": work]
        )
        #expect(
            verdict.reason == "The test 'test/calc.test.js::adds' is skipped now, and was not at the start: \"no\". "
                + "The test 'test/calc.test.js::nothing' is skipped now, and was not at the start: \"no\"."
        )
    }

    @Test func installedPackagesAreLentToTheJudgedTree() async throws {
        let tests = "require('node:test').test('seven', () => { if (require('seven') !== 7) throw 1; });\n"
        let (verdict, _) = try await GateTrial.verdict(
            of: NodeTestGate.self,
            start: [
                ".gitignore": "node_modules\n", "a.test.js": tests,
                "node_modules/seven/index.js": "module.exports = 7;\n",
            ],
            work: ["b.js": ""]
        )
        #expect(verdict.reason == "The 1 test passes.", "\(verdict.details)")
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (
                ["args": ["--test-reporter=tap"]],
                "Field 'args' must not hold '--test-reporter=tap': the gate itself sets it."
            ),
            (["paths": ["--watch"]], "Field 'paths' must hold files, but has the option '--watch'."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: NodeTestGate.self, settings) == message)
    }

    @Test func aNodeThatIsNotThereIsNamed() async throws {
        let failure = try await GateTrial.failure(of: NodeTestGate.self, [:], ["program": "node99"])
        #expect(failure == Failure(.missing, "The program 'node99' that 'program:' names was not found in PATH."))
    }
}
