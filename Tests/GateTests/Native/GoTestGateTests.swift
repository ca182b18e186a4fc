import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import GateKit
@testable import NativeGate

/// Events as go 1.19 and 1.24 print them: https://pkg.go.dev/cmd/test2json#hdr-Output_Format.
struct GoEventTests {
    private func verdict(_ lines: [String], errors: String = "", status: Int = 1) -> Verdict {
        let output = CappedOutput(bytes: Array(lines.joined(separator: "\n").utf8))
        let finished = Finished(
            output: output,
            errors: CappedOutput(bytes: Array(errors.utf8)),
            status: status,
            elapsed: .seconds(1)
        )
        return GoSession(end: RunnerEnd(name: "go", finished: finished)).verdict { file, _ in file }
    }

    private static func event(_ action: String, _ test: String? = nil, _ output: String? = nil) -> String {
        let name = test.map { #", "Test": "\#($0)""# } ?? ""
        let text = output.map { #", "Output": "\#($0)""# } ?? ""
        return #"{"Action": "\#(action)", "Package": "example.com/calc"\#(name)\#(text), "Elapsed": 0.5}"#
    }
    private static let passing = [
        event("run", "TestA"), event("output", "TestA", #"=== RUN   TestA\n"#),
        event("output", "TestA", #"--- PASS: TestA (0.50s)\n"#), event("pass", "TestA"),
    ]

    @Test func passingFailingAndSkippedTests() {
        let verdict = verdict(
            Self.passing + [
                Self.event("run", "TestB/x"), Self.event("output", "TestB/x", #"    calc_test.go:3: Add(1, 2) = -1\n"#),
                Self.event("output", "TestB/x", #"    --- FAIL: TestB/x (0.00s)\n"#), Self.event("fail", "TestB/x"),
                Self.event("run", "TestC"), Self.event("output", "TestC", #"    calc_test.go:5: later\n"#),
                Self.event("output", "TestC", #"--- SKIP: TestC (0.00s)\n"#), Self.event("skip", "TestC"),
                Self.event("output", nil, #"FAIL\n"#), Self.event("fail"),
            ]
        )
        #expect(verdict.reason == "1 of 2 tests fails: example.com/calc::TestB/x; 1 is skipped.")
        #expect(
            verdict.story == [
                "example.com/calc::TestA: passed", "example.com/calc::TestB/x: failed",
                "example.com/calc::TestC: skipped",
            ]
        )
        #expect(verdict.details == "example.com/calc::TestB/x\ncalc_test.go:3: Add(1, 2) = -1\n")
        #expect(verdict.cases[1].file == "calc_test.go")
        #expect(verdict.cases[1].line == 3)
        #expect(verdict.cases[0].seconds == 0.5)
    }

    /// go takes the end of a process for the end of the test that ran in it.
    @Test func aTestThatEndsWithoutItsLineIsMissed() {
        let lines =
            Self.passing + [
                Self.event("run", "TestL"), Self.event("output", "TestL", #"ok  \texample.com/calc\t0.009s\n"#),
                Self.event("pass", "TestL"),
            ]
        let verdict = verdict(lines, status: 0)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 test left before the end: example.com/calc::TestL.")
    }

    @Test(arguments: [
        (
            [
                #"{"Action": "output", "Package": "example.com/calc", "Output": "FAIL\texample.com/calc [build failed]\n"}"#
            ],
            "# example.com/calc [example.com/calc.test]\n./calc.go:2:23: undefined: x\n"
        ),
        (
            [
                ##"{"ImportPath": "example.com/calc", "Action": "build-output", "Output": "# example.com/calc\n"}"##,
                #"{"ImportPath": "example.com/calc", "Action": "build-output", "Output": "./calc.go:2:23: undefined: x\n"}"#,
                #"{"ImportPath": "example.com/calc", "Action": "build-fail"}"#,
                #"{"Action": "output", "Package": "example.com/calc", "Output": "FAIL\texample.com/calc [build failed]\n"}"#,
                #"{"Action": "fail", "Package": "example.com/calc", "FailedBuild": "example.com/calc"}"#,
            ], ""
        ),
        (["FAIL\texample.com/calc [build failed]"], "# example.com/calc\n./calc.go:2:23: undefined: x\n"),
    ])
    func aPackageThatDoesNotBuildIsFound(lines: [String], errors: String) {
        let verdict = verdict(lines, errors: errors, status: 2)
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(
            verdict.findings == [Verdict.Finding(.error, "undefined: x", file: "./calc.go", line: 2, column: 23)]
        )
        #expect(verdict.story == ["example.com/calc: error"])
    }

    @Test func aPackageMayFailByItself() {
        let lines =
            Self.passing + [
                Self.event("output", nil, #"panic: in TestMain\n"#), Self.event("fail"),
            ]
        let verdict = verdict(lines)
        #expect(verdict.reason == "The package 'example.com/calc' fails, and none of its tests does.")
        #expect(verdict.details == "panic: in TestMain\n")
    }

    @Test func exitStatusAndEventsMustAgree() {
        #expect(verdict(Self.passing, status: 0).reason == "The 1 test passes.")
        #expect(verdict(Self.passing, status: 1).reason == "go exited with 1, although no test in its report fails.")
        #expect(
            verdict(Self.passing, status: 137).reason
                == "go was ended by SIGKILL, although no test in its report fails."
        )
        #expect(
            verdict([], status: 0).reason == "No test ran. Write functions TestXxx in files that end with _test.go."
        )
        #expect(
            verdict(["{", "null", "7", #"{"Action": 3}"#], errors: "go: cannot find main module\n").reason
                == "go exited with 1, and no test ran."
        )
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["args": ["-exec=true"]], "Field 'args' must not hold '-exec=true': the gate itself sets it."),
            (["packages": ["-n"]], "Field 'packages' must hold packages, such as './...'."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: GoTestGate.self, settings) == message)
    }

    @Test(.enabled(if: !GateTrial.has("go"))) func aGoThatIsNotThereIsNamed() async throws {
        let failure = try await GateTrial.failure(of: GoTestGate.self, [:])
        #expect(
            failure
                == Failure(
                    .missing,
                    "'go' was not found: not in PATH. Install it: https://go.dev/doc/install or apt-get install golang-go"
                )
        )
    }

    @Test func whatTheGateProtects() async throws {
        let refused = try await GateTrial.refused(
            under: GoTestGate.protection,
            start: ["calc.go": "package calc\n", "calc_test.go": "package calc\n", "testdata/a.txt": "1"],
            work: [
                "calc.go": "package calc // better\n", "calc_test.go": nil, "testdata/a.txt": "2",
                "go.work": "go 1.19\n",
            ]
        )
        #expect(refused.sorted() == ["calc_test.go", "go.work", "testdata/a.txt"])
    }
}

/// Go modules, judged by the real go.
@Suite(.serialized, .enabled(if: GateTrial.has("go"))) struct GoTestGateTests {
    private static func project(_ body: String, imports: String = "") -> [String: String] {
        [
            "go.mod": "module example.com/calc\n\ngo 1.19\n",
            "sum/sum.go": "package sum\n\(imports)\nfunc Add(a, b int) int {\n\t\(body)\n}\n",
            "sum/sum_test.go": """
            package sum

            import "testing"

            func TestAdd(t *testing.T) {
            \tif got := Add(1, 2); got != 3 {
            \t\tt.Errorf("Add(1, 2) = %d, not 3", got)
            \t}
            }

            func TestNothing(t *testing.T) {}
            """,
        ]
    }

    @Test(arguments: [
        ("return a + b", "", "All 2 tests pass."),
        ("return a - b", "", "1 of 2 tests fails: example.com/calc/sum::TestAdd."),
        ("var p *int; return *p", "", "1 of 1 test fails: example.com/calc/sum::TestAdd."),
        ("os.Exit(0); return 0", "import \"os\"", "1 of 1 test fails: example.com/calc/sum::TestAdd."),
        (
            "syscall.Exit(0); return 0", "import \"syscall\"",
            "1 test left before the end: example.com/calc/sum::TestAdd."
        ),
        ("return c", "", "The project does not build: 1 error in 1 file."),
    ])
    func aSuiteIsJudged(body: String, imports: String, reason: String) async throws {
        let verdict = try await GateTrial.verdict(of: GoTestGate.self, Self.project(body, imports: imports))
        #expect(verdict.reason == reason, "\(verdict.details)")
        #expect(verdict.holds == (body == "return a + b"))
        if body == "return a - b" {
            #expect(verdict.cases[0].file == "sum/sum_test.go")
            #expect(verdict.cases[0].line == 7)
        }
        if body == "return c" { #expect(verdict.findings.map(\.place) == ["sum/sum.go:4:9"]) }
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: GoTestGate.self, files: Self.project("return a + b"))
    }

    @Test func aModuleWithoutTestsDoesNotHold() async throws {
        let files = ["go.mod": "module example.com/calc\n\ngo 1.19\n", "calc.go": "package calc\n"]
        let verdict = try await GateTrial.verdict(of: GoTestGate.self, files)
        #expect(verdict.reason == "No test ran. Write functions TestXxx in files that end with _test.go.")
    }

    @Test func aHangIsEnded() async throws {
        let failure = try await GateTrial.failure(of: GoTestGate.self, Self.project("for {\n\t}"), ["timeout": "30s"])
        #expect(failure?.kind == .timedOut)
        #expect(failure?.message.hasPrefix("go was still running after 30s and was ended.") == true)
    }
}
