import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import MutationGate

/// Tests of Python projects, put to the test with the real runners.
struct MutationGateTests {
    private static let start = ["calc.py": "def add(a, b):\n    return a + b\n"]
    /// What the work adds: lines 3 to 7.
    private static let work = """
        def add(a, b):
            return a + b
        def fee(n):
            # free when n < 3
            if n < 3:
                return 0
            return n * 2

        """
    private static let strong =
        "from calc import fee\ndef test_fee():\n    assert fee(2) == 0\n    assert fee(3) == 6\n"
    private static let weak = "from calc import fee\ndef test_fee():\n    assert fee(5) == 10\n"

    private func judge(
        _ tests: String,
        work: String = work,
        before: [String: String] = start,
        settings: [String: JSONValue] = [:]
    ) async throws -> Verdict {
        let pytest = JSONValue.string("\(try PythonProject.python()) -m pytest -q -p no:cacheprovider")
        let all = ["command": pytest].merging(settings) { $1 }
        let files = ["calc.py": work, "test_calc.py": tests]
        return try await GateTrial.verdict(of: MutationGate.self, files, .object(all), before: before)
    }

    @Test func keepsTheGatesPromises() async throws {
        let verdict = try await expectConformance(
            of: MutationGate.self,
            settings: ["command": "python3 calc.py"],
            required: ["command"],
            files: Self.start
        )
        #expect(
            verdict.reason
                == "The tests pass, and there is nothing that they could miss: no line of a source was changed."
        )
        #expect(verdict.outcome == .passed)
    }

    @Test func aStrongSuiteKillsEveryMutant() async throws {
        let verdict = try await judge(Self.strong)
        #expect(
            verdict.reason == "The tests kill 6 of 6 mutants of the changed lines, 100 %, of which 80 % must be.",
            "\(verdict.details)"
        )
        #expect(verdict.outcome == .passed)
        #expect(verdict.score == 1)
        #expect(verdict.findings == [])
        #expect(
            verdict.metrics == ["mutants": 6, "killed": 6, "survived": 0, "timed_out": 0, "not_built": 0]
        )
    }

    @Test func aWeakSuiteIsToldWhatItMisses() async throws {
        let verdict = try await judge(Self.weak)
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "The tests kill 3 of 6 mutants of the changed lines, 50 %, not the 80 % that must be: they miss "
                + "those at calc.py:5, calc.py:6."
        )
        #expect(verdict.score == 0.5)
        #expect(
            verdict.details == """
                calc.py:5:10: warning: `if n < 3:` became `if n <= 3:`, and the tests still pass [comparison]
                calc.py:5:12: warning: `if n < 3:` became `if n < 4:`, and the tests still pass [constant]
                calc.py:6:16: warning: `return 0` became `return 1`, and the tests still pass [constant]

                """
        )
        #expect(verdict.findings.map(\.line) == [5, 5, 6])
        #expect(verdict.metrics["survived"] == 3)
    }

    @Test func fewerThanAllMayBeEnough() async throws {
        let verdict = try await judge(Self.weak, settings: ["min_score": 50])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "The tests kill 3 of 6 mutants of the changed lines, 50 %, of which 50 % must be.")
        #expect(verdict.findings.count == 3)
    }

    @Test func ofManyMutantsSomeAreTriedTheSameEachTime() async throws {
        let first = try await judge(Self.weak, settings: ["max_mutants": 3])
        #expect(
            first.reason
                == "The tests kill 1 of 3 mutants of the changed lines, 33.3 %, not the 80 % that must be: they miss "
                + "those at calc.py:5, calc.py:6; 3 more were not tried (max_mutants)."
        )
        #expect(try await judge(Self.weak, settings: ["max_mutants": 3]) == first)
    }

    @Test func unittestIsARunnerLikeAnyOther() async throws {
        let tests = """
            import unittest
            from calc import fee
            class FeeTests(unittest.TestCase):
                def test_fee(self):
                    self.assertEqual([fee(2), fee(3)], [0, 6])
            """
        let verdict = try await judge(tests, settings: ["command": "python3 -m unittest -q"])
        #expect(
            verdict.reason == "The tests kill 6 of 6 mutants of the changed lines, 100 %, of which 80 % must be.",
            "\(verdict.details)"
        )
    }

    /// `-I` has Python leave compiled files whatever the environment says; mutants are as long as each other.
    @Test func aCompiledFileOfOneMutantIsNotTakenForAnother() async throws {
        let command = "python3 -I -c \"import sys; sys.path.insert(0, '.'); import calc; sys.exit(calc.fee(5) != 10)\""
        let verdict = try await judge("", settings: ["command": .string(command)])
        #expect(verdict.findings.map(\.line) == [5, 5, 6], "\(verdict.reason)")
    }

    @Test func testsThatFailAnywayProveNothing() async throws {
        let verdict = try await judge("def test_fee():\n    assert False\n", settings: ["command": "echo no; exit 3"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The tests fail without any change: 'echo no; exit 3' exited with 3.")
        #expect(verdict.details == "no\n")
        #expect(verdict.score == 0)
    }

    @Test func wordsAlonePassAsTheyCannotBeMutated() async throws {
        let verdict = try await judge("def test(): pass\n", work: "# 1 < 2\nimport os\nNAME = 'a + 1'\n")
        #expect(verdict.outcome == .passed)
        #expect(
            verdict.reason
                == "The tests pass, and there is nothing that they could miss: nothing in the 3 changed lines can be mutated."
        )
        #expect(verdict.score == nil)
    }

    @Test func aSourceThatCannotBeReadIsNamed() async throws {
        let verdict = try await judge("def test(): pass\n", work: "def (\n")
        #expect(
            verdict.reason
                == "The tests pass, and there is nothing that they could miss: nothing in the 1 changed line can be "
                + "mutated; 1 changed file could not be read."
        )
        #expect(verdict.details.hasPrefix("calc.py could not be read: invalid syntax"))
    }

    /// The second mutant never ends; so that it is ended soon, the factor is small and the usual time short.
    @Test func aMutantThatNeverEndsIsKilled() async throws {
        let work = "def count():\n    while True:\n        break\n"
        let verdict = try await judge(
            "",
            work: work,
            settings: ["command": "python3 -c 'import calc; calc.count()'", "timeout_factor": 1, "min_score": 50]
        )
        #expect(
            verdict.reason
                == "The tests kill 1 of 2 mutants of the changed lines, 50 %, of which 50 % must be; 1 of the killed "
                + "ran too long."
        )
        #expect(verdict.metrics["timed_out"] == 1)
    }

    /// The tests keep what they have seen; from the second run on they fail.
    @Test func testsThatFailAfterwardsProveNothing() async throws {
        let verdict = try await judge("", settings: ["command": "test ! -e seen && touch seen"])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "The tests passed, and fail now that mutants were tried, without any change: 'test ! -e seen && "
                + "touch seen' exited with 1. What one run leaves behind breaks the next, so nobody knows what the mutants "
                + "did; have the command clean up."
        )
    }

    /// What a run does to files that were there is undone before the next one.
    @Test func filesOfTheTreeAreRestoredAfterEachMutant() async throws {
        let command = "test \"$(cat test_calc.py)\" = same && echo other > test_calc.py && rm calc.py"
        let verdict = try await judge("same", settings: ["command": .string(command)])
        #expect(
            verdict.reason
                == "The tests kill 0 of 6 mutants of the changed lines, 0 %, not the 80 % that must be: they miss "
                + "those at calc.py:5, calc.py:6, calc.py:7."
        )
    }

    /// This process may write where tests in a sandbox may not, so it must not follow them out of their directory.
    @Test(arguments: [("src", "tree/src"), ("../original/tree/src", "original/tree/src"), ("../tree", "tree")])
    func aLinkThatTheTestsPutInTheTreeLeadsNowhere(place: String, shown: String) async throws {
        try await withTemporaryWorkspace(["calc.py": "mine\n", "src/calc.py": "mine\n"]) { outside in
            let swap = "touch src/calc.py; mv \(place) ../old; ln -s \(outside.path) \(place)"
            let files = ["src/calc.py": Self.work]
            let settings: JSONValue = ["command": .string("test -e ../old || { \(swap); }")]
            await #expect(
                throws: Failure(
                    .invalidInput,
                    "The tests have put something else in the place of '\(shown)' in the copy they run in, which cannot be "
                        + "undone; have them leave the directories of the project as they are."
                )
            ) { try await GateTrial.verdict(of: MutationGate.self, files, settings, before: [:]) }
            let entries = try FileTree(outside.path).entries
            #expect(entries.keys.sorted() == ["calc.py", "src", "src/calc.py"])
            #expect(Set(entries.values).count == 2, "Both files are what they were.")
        }
    }

    @Test func aProjectBelowTheWorkspaceIsFound() async throws {
        let files = ["app/calc.py": "x = 1\n", "other.py": "y = 1\n"]
        let settings: JSONValue = ["command": "test -e calc.py", "directory": "app"]
        let verdict = try await GateTrial.verdict(of: MutationGate.self, files, settings, before: ["app/calc.py": "\n"])
        #expect(
            verdict.details == "app/calc.py:1:5: warning: `x = 1` became `x = 2`, and the tests still pass [constant]\n"
        )
    }

    @Test func withoutARunThereIsNothingToCompareWith() async throws {
        let failure = try await GateTrial.failure(of: MutationGate.self, [:], ["command": "true"])
        #expect(failure == Failure(.missing, "There is no run here, and so nothing to compare the work with."))
    }

    /// A run that is cancelled ends its tests, and leaves the judged tree as it was.
    @Test func aCancelledTrialLeavesNothing() async throws {
        let gate = try MutationGate(settings: .init(json: ["command": "if test -e on; then sleep 600; fi; touch on"]))
        try await withTemporaryWorkspace(["calc.py": Self.work]) { workspace in
            let before = try FileTree(workspace.path)
            try await withTemporaryWorkspace(Self.start) { base in
                try await withTemporaryWorkspace { scratch in
                    let lend: @Sendable (BasePoint) async throws(Failure) -> Workspace = { _ in base }
                    let (mutants, continuation) = AsyncStream.makeStream(of: String.self)
                    let context = GateContext(
                        scratch: { scratch.path },
                        progress: { if $0.hasPrefix("Mutant ") { continuation.yield($0) } },
                        base: lend
                    )
                    let task = Task { try await gate.judge(workspace, in: context) }
                    var first = mutants.makeAsyncIterator()
                    #expect(await first.next() == "Mutant 1 of 6: calc.py:5: if n <= 3:\n")
                    task.cancel()
                    await #expect { _ = try await task.value } throws: { ($0 as? Failure)?.kind == .cancelled }
                }
            }
            #expect(try FileTree(workspace.path) == before)
        }
    }

    @Test(
        arguments: [
            (["command": ""], "Field 'command' must be a command line, but is empty."),
            (["command": "a", "build": " "], "Field 'build' must be a command line, but is empty."),
            (["command": "a", "min_score": 101], "Field 'min_score' must be from 0 to 100, but is 101."),
            (["command": "a", "max_mutants": 0], "Field 'max_mutants' must be from 1 to 10000, but is 0."),
            (["command": "a", "timeout_factor": 0.5], "Field 'timeout_factor' must be from 1 to 100, but is 0.5."),
            (["command": "a", "timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (
                ["command": "a", "files": ["/a"]],
                "Pattern '/a' is absolute; write it relative to the workspace."
            ),
            (
                ["command": "a", "directory": "../b"],
                "Field 'directory' must be a directory of the workspace, relative to it, but is '../b'."
            ),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: MutationGate.self, settings) == message)
    }
}
