import CommandGate
import Foundation
import PipelineKit
import PipelineTesting
import Testing

struct CommandGateTests {
    private func judge(_ settings: JSONValue, _ files: [String: String] = [:]) async throws -> Verdict {
        let gate = try CommandLineGate(settings: .init(json: settings))
        return try await withTemporaryWorkspace(files) { workspace in
            try await gate.judge(workspace, in: GateContext(scratch: { workspace.project }))
        }
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: CommandLineGate.self, settings: ["command": "true"], required: ["command"])
    }

    @Test func answersToItsOtherName() {
        var registry = Registry()
        registry.add(CommandLineGate.self)
        #expect(registry.gates["shell-goal"]?.id == "command")
    }

    @Test func passesWhenAllHolds() async throws {
        let settings: JSONValue = [
            "command": "cat report; exit 3", "exit_code": 3, "output_contains": "fine",
            "output_regex": "^score: [0-9]+$",
            "max_seconds": 60,
        ]
        let verdict = try await judge(settings, ["report": "all fine\nscore: 12\nend\n"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "'cat report; exit 3' exited with 3.")
        #expect(verdict.details == "all fine\nscore: 12\nend\n")
    }

    /// Lines end in any of the ways that programs end them, and a letter is a letter in every language.
    @Test(arguments: ["^score: [0-9]+$", "^\\p{Lu}rgebnis$", "(?i)^ERGEBNIS$", "^na\\w+ve$", "^.{5}$"])
    func anExpressionReadsLinesAndLetters(expression: String) async throws {
        let settings: JSONValue = ["command": "cat report", "output_regex": .string(expression)]
        let verdict = try await judge(settings, ["report": "Ergebnis\r\nscore: 7\r\nnaïve\n"])
        #expect(verdict.outcome == .passed)
    }

    @Test(
        arguments: [
            (["command": "echo no; exit 1"], "'echo no; exit 1' exited with 1, not 0."),
            (["command": "true", "exit_code": 1], "'true' exited with 0, not 1."),
            (["command": "echo no", "output_contains": "yes"], "'echo no' did not print 'yes'."),
            (["command": "echo no", "output_regex": "^o$"], "'echo no' printed nothing that matches '^o$'."),
            (["command": "false", "output_contains": "a"], "'false' exited with 1, not 0, and did not print 'a'."),
            (
                ["command": "sleep 60", "max_seconds": 0.05, "timeout": "100ms"],
                "'sleep 60' was still running after 100ms, not at most 0.05 seconds."
            ),
            (
                ["command": "seq 1000000", "output_contains": "no"],
                "'seq 1000000' did not print 'no' in the first or last megabyte of its output."
            ),
        ] as [(JSONValue, String)]
    )
    func failsWithAReason(settings: JSONValue, reason: String) async throws {
        let verdict = try await judge(settings)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func aSlowCommandFails() async throws {
        let verdict = try await judge(["command": "sleep 0.1", "max_seconds": 0.01])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasPrefix("'sleep 0.1' took 0."))
        #expect(verdict.reason.hasSuffix(" seconds, not at most 0.01 seconds."))
    }

    @Test(
        arguments: [
            (
                ["command": "pytst -q"], .missing,
                "'pytst -q' could not run, because a program was not found: /bin/sh: 1: pytst: not found"
            ),
            (
                ["command": "/etc/passwd"], .missing,
                "'/etc/passwd' could not run, because a program may not be executed: /bin/sh: 1: /etc/passwd: Permission denied"
            ),
            (
                ["command": "echo hm; sleep 60", "timeout": "4s"], .timedOut,
                "'echo hm; sleep 60' was still running after 4s and was ended. Its output ended with:\nhm"
            ),
            (
                ["command": "printf '%0200d' | tr 0 a", "output_regex": "^(a+)+[bc]"], .invalidInput,
                "Searching for '^(a+)+[bc]' took more than 500ms; write it with fewer nested repetitions."
            ),
        ] as [(JSONValue, Failure.Kind, String)]
    )
    func noAnswerIsAFailure(settings: JSONValue, kind: Failure.Kind, message: String) async throws {
        await #expect(throws: Failure(kind, message)) { try await judge(settings) }
    }

    private static let kept: JSONValue = ["command": "true", "kept": ["**/*test*"], "timeout": "20s"]
    private static let start = ["a.c": "1", "b_test.c": "two\n", "tests/c": "three\n"]

    @Test(
        arguments: [
            (start.merging(["a.c": "2", "d.c": "new"]) { $1 }, nil, ""),
            (
                start.merging(["b_test.c": ""]) { $1 }, "'b_test.c' is changed. Undo that.",
                "'b_test.c' was:\ntwo\n\n"
            ),
            (
                ["a.c": "1", "b_test.c": "two\n", "tests2/test_c": ""],
                "'tests2/test_c' is new. Undo that.", ""
            ),
        ] as [([String: String], String?, String)]
    )
    func filesThatAreKeptHaveToBeAsTheyWere(now: [String: String], told: String?, details: String) async throws {
        var start = Self.start
        if now["tests/c"] == nil { start["tests/c"] = nil }
        let verdict = try await GateTrial.verdict(of: CommandLineGate.self, now, Self.kept, before: start)
        let reason = told.map { "What matches '**/*test*' has to be as it was at the start: \($0)" }
        #expect(verdict.reason == reason ?? "'true' exited with 0.")
        #expect(verdict.holds == (told == nil) && verdict.details == details)
    }

    /// Larger than any report that is read.
    @Test func aLargeFileIsKeptOrNotLikeAnyOther() async throws {
        let gate = try CommandLineGate(settings: .init(json: Self.kept))
        try await withTemporaryWorkspace(["a_test": "x"]) { base in
            try await withTemporaryWorkspace(["a_test": "y"]) { workspace in
                for place in [base, workspace] { #expect(truncate("\(place.path)/a_test", 65 << 20) == 0) }
                let context = GateContext(scratch: { workspace.path }, base: { _ in base })
                let verdict = try await gate.judge(workspace, in: context)
                #expect(verdict.reason.hasSuffix("'a_test' is changed. Undo that."))
                #expect(verdict.details.utf8.count <= 13_000)
                let same = GateContext(scratch: { workspace.path }, base: { _ in workspace })
                #expect(try await gate.judge(workspace, in: same).holds)
            }
        }
    }

    @Test func aFileThatIsKeptIsNeitherDeletedNorMadeALink() async throws {
        let start = ["a_test": "x", "b_test": "y"]
        let gate = try CommandLineGate(settings: .init(json: Self.kept))
        try await withTemporaryWorkspace(start) { base in
            try await withTemporaryWorkspace(["other": "y"]) { workspace in
                try FileManager.default.createSymbolicLink(
                    atPath: "\(workspace.path)/b_test",
                    withDestinationPath: "other"
                )
                let context = GateContext(scratch: { workspace.path }, base: { _ in base })
                let verdict = try await gate.judge(workspace, in: context)
                let sentence = "has to be as it was at the start: 'a_test' is gone, 'b_test' is changed. Undo that."
                #expect(verdict.reason == "What matches '**/*test*' \(sentence)")
                #expect(verdict.details == "'a_test' was:\nx\n'b_test' was:\ny\n")
            }
        }
    }

    @Test func aStatusThatIsExpectedIsNoFailure() async throws {
        #expect(try await judge(["command": "exit 127", "exit_code": 127]).holds)
    }

    @Test(
        arguments: [
            (["command": ""], "Field 'command' must be a command line, but is empty."),
            (["command": "true", "kept": ["/a"]], "Pattern '/a' is absolute; write it relative to the workspace."),
            (["command": "true", "exit_code": 256], "Field 'exit_code' must be from 0 to 255, but is 256."),
            (
                ["command": "true", "output_regex": "("],
                "Field 'output_regex' must be a regular expression, but is \"(\"."
            ),
            (["command": "true", "max_seconds": 0], "Field 'max_seconds' must be more than 0, but is 0.0."),
            (["command": "true", "timeout": "0s"], "Field 'timeout' must be more than nothing, but is '0s'."),
            (
                ["command": "true", "max_seconds": 120],
                "Field 'max_seconds' must be less than the timeout of '2m', but is 120.0."
            ),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let settings = try CommandLineGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try CommandLineGate(settings: settings) }
    }
}
