import NativeGate
import PipelineKit
import PipelineTesting
import Testing

/// Makefiles, made by the real make.
@Suite(.serialized, .enabled(if: GateTrial.has("make"))) struct MakeTestGateTests {
    private func verdict(_ recipe: String, _ settings: JSONValue = [:]) async throws -> Verdict {
        let files = ["Makefile": ".PHONY: test\ntest:\n\tsh run.sh\n", "run.sh": recipe]
        return try await GateTrial.verdict(of: MakeTestGate.self, files, settings)
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: MakeTestGate.self, files: ["Makefile": "test:\n\ttrue\n"])
    }

    @Test func theExitStatusJudges() async throws {
        let passing = try await verdict("echo fine")
        #expect(passing.outcome == .passed)
        #expect(passing.reason == "'make test' exited with 0.")
        #expect(passing.details == "sh run.sh\nfine\n")
        let failing = try await verdict("echo bad; exit 3")
        #expect(failing.outcome == .failed)
        #expect(failing.reason == "make exited with 2: [Makefile:3: test] Error 3.")
        #expect(failing.details == "sh run.sh\nbad\nmake: *** [Makefile:3: test] Error 3\n")
    }

    @Test func aCrashNamesItsSignal() async throws {
        let verdict = try await verdict("kill -SEGV $$")
        #expect(verdict.reason == "make exited with 2: [Makefile:3: test] Segmentation fault.")
    }

    @Test func makeThatIsKilledNamesTheSignal() async throws {
        let verdict = try await verdict("kill -KILL $PPID")
        #expect(verdict.reason == "make was ended by SIGKILL.")
    }

    @Test func aHangIsEnded() async throws {
        let files = ["Makefile": "test:\n\t@echo deep; sleep 60\n"]
        let failure = try await GateTrial.failure(of: MakeTestGate.self, files, ["timeout": "10s"])
        #expect(
            failure == Failure(.timedOut, "make was still running after 10s and was ended. It printed last: deep")
        )
    }

    @Test(
        arguments: [
            (["Makefile": "all:\n\ttrue\n"], "there is no Makefile with the target 'test'"),
            ([:], "there is no Makefile with the target 'test'"),
            (["Makefile": "test:\n"], "the target 'test' has no recipe"),
            (
                ["Makefile": "test:\n\tfalse\n", "test": ""],
                "make says that 'test' is up to date. Declare it with .PHONY: test"
            ),
        ] as [([String: String], String)]
    )
    func whatMakesNothingDoesNotHold(files: [String: String], words: String) async throws {
        let verdict = try await GateTrial.verdict(of: MakeTestGate.self, files)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "No test ran: \(words).")
    }

    @Test func linesOfTAPAreCases() async throws {
        let verdict = try await verdict(
            "printf '1..4\\nok 1 - adds\\nnot ok 2 - divides\\n# got 2\\nok 3 - later # SKIP no disk\\n"
                + "not ok 4 - soon # TODO\\n'; exit 1"
        )
        #expect(verdict.reason == "1 of 2 tests fails: divides; 2 are skipped.")
        #expect(verdict.story == ["adds: passed", "divides: failed", "later: skipped", "soon: skipped"])
        #expect(verdict.details == "divides\ngot 2\n")
        #expect(verdict.cases[2].message == "no disk")
    }

    @Test(arguments: [
        ("echo 1..2; echo ok 1 - a; echo ok 2 - b", Verdict.Outcome.passed, "All 2 tests pass."),
        ("echo 1..2; echo ok 1 - a", .failed, "The output plans 2 tests, but 1 ran."),
        ("echo 1..0 '# SKIP nothing'", .failed, "No test ran."),
        ("echo 1..1; echo not ok 1 - a", .failed, "make exited with 0, although its report has failing tests: a."),
        ("echo 1..1; echo ok 1 - a; exit 1", .failed, "make exited with 2, although no test in its report fails."),
        ("echo 1..2; echo ok 1; echo Bail out! No disk", .failed, "The tests were given up: No disk."),
    ])
    func exitStatusAndTAPMustAgree(recipe: String, outcome: Verdict.Outcome, reason: String) async throws {
        let verdict = try await verdict(recipe)
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == reason)
    }

    @Test(.enabled(if: GateTrial.has("cc"))) func whatDoesNotCompileIsFound() async throws {
        let files = ["Makefile": "test:\n\tcc -c src/a.c -o /dev/null\n", "src/a.c": "int a = b;\n"]
        let verdict = try await GateTrial.verdict(of: MakeTestGate.self, files)
        #expect(verdict.reason == "The project does not build: 1 error in 1 file.")
        #expect(verdict.findings.map(\.place) == ["src/a.c:1:9"])
    }

    @Test func anotherTargetInAnotherDirectory() async throws {
        let files = ["app/Makefile": "check:\n\techo $(V)\n"]
        let settings: JSONValue = ["target": "check", "directory": "app", "args": ["V=7"]]
        let verdict = try await GateTrial.verdict(of: MakeTestGate.self, files, settings)
        #expect(verdict.reason == "'make check' exited with 0.")
        #expect(verdict.details == "echo 7\n7\n")
    }

    @Test(
        arguments: [
            ("Makefile", "test:\n\ttrue\n"), ("GNUmakefile", "test:\n\ttrue\n"), ("test", ""),
            ("tests/run.sh", "exit 0\n"), ("rules.mk", "x = 1\n"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let start = ["Makefile": "test:\n\tsh tests/run.sh\n", "tests/run.sh": "exit 1\n"]
        let (verdict, refused) = try await GateTrial.verdict(of: MakeTestGate.self, start: start, work: [path: text])
        #expect(refused == [path])
        #expect(verdict.reason == "make exited with 2: [Makefile:2: test] Error 1.")
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["target": "-n"], "Field 'target' must be a target of make, but is '-n'."),
            (["args": ["-i"]], "Field 'args' must not hold '-i': the gate itself sets it."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: MakeTestGate.self, settings) == message)
    }

    @Test func aMakeThatIsNotThereIsNamed() async throws {
        let failure = try await GateTrial.failure(of: MakeTestGate.self, [:], ["program": "gnumake"])
        #expect(
            failure == Failure(.missing, "The program 'gnumake' that 'program:' names was not found in PATH.")
        )
    }
}
