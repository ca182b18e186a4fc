import PipelineKit
import Testing

@testable import MutationGate

/// A project in C whose tests make runs: what does not build is told apart.
@Suite(.enabled(if: GateTrial.has("make") && GateTrial.has("gcc"))) struct MakeMutationTests {
    private static let makefile = """
        check: check.bin
        \t./check.bin
        check.bin: calc.o check.o
        \tgcc -o $@ calc.o check.o
        %.o: %.c
        \tgcc -c -o $@ $<
        """
    private static let start = [
        "Makefile": makefile, "check.c": "int fee(int n);\nint main(void) { return fee(2) != 0 || fee(3) != 6; }\n",
        "calc.c": "int fee(int n);\n",
    ]
    /// The compiler refuses every mutant of line 3.
    private static let work = """
        int fee(int n) {
            // n < 3 is "free"
            _Static_assert(1 == 1, "1 < 2");
            if (n < 3) return 0;
            return n * 2;
        }
        """

    private func judge(
        _ files: [String: String] = [:],
        _ settings: [String: JSONValue] = [:],
        before: [String: String] = start
    ) async throws -> Verdict {
        try await GateTrial.verdict(
            of: MutationGate.self,
            Self.start.merging(["calc.c": Self.work]) { $1 }.merging(files) { $1 },
            // A machine that is busy with other tests may leave a mutant much less of it than the code as it is had.
            .object(
                ["command": "make -s check", "files": ["calc.c"], "timeout_factor": 100].merging(settings) { $1 }
            ),
            before: before
        )
    }

    @Test func everyMutantIsBuiltAnewAndKilled() async throws {
        let verdict = try await judge([:], ["build": "make -s check.bin"])
        #expect(
            verdict.reason
                == "The tests kill 5 of 5 mutants of the changed lines, 100 %, of which 80 % must be; 3 more do not "
                + "build.",
            "\(verdict.details)"
        )
        #expect(
            verdict.metrics == ["mutants": 5, "killed": 5, "survived": 0, "timed_out": 0, "not_built": 3]
        )
    }

    @Test func withoutACommandThatBuildsTheyCountAsKilled() async throws {
        #expect(try await judge().metrics["killed"] == 8)
    }

    @Test func aWeakSuiteIsToldWhatItMisses() async throws {
        let check = "int fee(int n);\nint main(void) { return fee(5) != 10; }\n"
        let verdict = try await judge(["check.c": check], ["build": "make -s check.bin"])
        #expect(
            verdict.reason
                == "The tests kill 2 of 5 mutants of the changed lines, 40 %, not the 80 % that must be: they miss "
                + "those at calc.c:4; 3 more do not build."
        )
        #expect(
            verdict.details == """
                calc.c:4:11: warning: `if (n < 3) return 0;` became `if (n <= 3) return 0;`, and the tests still pass [comparison]
                calc.c:4:13: warning: `if (n < 3) return 0;` became `if (n < 4) return 0;`, and the tests still pass [constant]
                calc.c:4:23: warning: `if (n < 3) return 0;` became `if (n < 3) return 1;`, and the tests still pass [constant]

                """
        )
    }

    @Test func whatNeverBuildsIsNothingToMiss() async throws {
        let settings: [String: JSONValue] = ["build": "make -s check.bin"]
        let before = ["calc.c": Self.work.replacing("_Static_assert(1 == 1, \"1 < 2\");", with: "")]
        let verdict = try await judge([:], settings, before: before)
        #expect(
            verdict.reason
                == "The tests pass, and there is nothing that they could miss: none of 3 mutants of the changed lines builds."
        )
        #expect(verdict.outcome == .passed)
    }

    @Test func whatDoesNotBuildWithoutAChangeIsNoProject() async throws {
        let verdict = try await judge(["calc.c": "int fee(int n) { return n + ; }\n"], ["build": "make -s check.bin"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "'make -s check.bin' exited with 2 without any change.")
        #expect(verdict.details.contains("calc.c:1"))
    }
}
