import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import LintersGate

/// Command lines that stand for linters.
@Suite(.serialized) struct LintGateTests {
    private func check(_ settings: JSONValue, _ files: [String: String] = [:]) async throws -> Verdict {
        try await linted(LintGate.self, files, settings)
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(of: LintGate.self, settings: ["command": "true"])
    }

    @Test func withoutACommandItIsWhatTheProjectIsLintedWith() async throws {
        let make = try await check([:], ["Makefile": "all:\n\ttrue\nlint:\n\t@echo bad; exit 1\n", "a.py": ""])
        #expect(make.outcome == .failed && make.reason == "'make lint' exited with 2.", "\(make)")
        for (files, linter) in [
            (["package.json": "{\"scripts\": {\"lint\": \"true\"}}"], .command("npm run --silent lint")),
            (["package.json": "{}", "eslint.config.js": "", "a.py": ""], .eslint),
            (["Makefile": "all:\n\ttrue\n", "pyproject.toml": ""], .ruff), (["a.py": ""], .ruff),
        ] as [([String: String], ProjectLinter)] {
            try await withTemporaryWorkspace(files) { workspace in
                let found = try ProjectLinter(in: workspace.path)
                #expect(found == linter, "\(files)")
            }
        }
        let silent = """
            The project does not say what it is linted with: there is no target 'lint' in a Makefile, no script 'lint' in \
            package.json, no configuration of ESLint, and no Python for Ruff. Give 'command'.
            """
        await #expect(throws: Failure(.missing, silent)) { try await check([:], ["a.txt": "x"]) }
    }

    @Test(arguments: [
        ("true", Verdict.Outcome.passed, "'true' exited with 0."), ("exit 3", .failed, "'exit 3' exited with 3."),
    ])
    func withoutAFormatTheStatusDecides(command: String, outcome: Verdict.Outcome, reason: String) async throws {
        let verdict = try await check(["command": .string(command)])
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == reason)
    }

    @Test func linesOfCompilersAreFindings() async throws {
        let printed = """
            12:30:15: starting
            ./a.c:3:5: warning: unused 'x' [-Wunused]
            a.c:4: missing semicolon
            lib/b.c:1:1: fatal error: no such header
            lib/b.c:2:1: note: it is [here or there]
            done: 3
            """
        let verdict = try await check(["command": "cat lint.txt; exit 1", "format": "unix"], ["lint.txt": printed])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "'cat lint.txt; exit 1' finds 3 findings in 2 files.")
        #expect(
            verdict.details == """
                a.c:4: error: missing semicolon
                lib/b.c:1:1: error: no such header
                a.c:3:5: warning: unused 'x' [-Wunused]
                lib/b.c:2:1: note: it is [here or there]

                """
        )
    }

    @Test func theLinesOfMypyAndTheSARIFOfRuffAreRead() async throws {
        let mypy = "\(try pythonProgram("mypy")) --cache-dir=/dev/null a.py"
        let lines = try await check(["command": .string(mypy), "format": "unix"], ["a.py": "x: int = 'a'\n"])
        let message = "Incompatible types in assignment (expression has type \"str\", variable has type \"int\")"
        #expect(
            lines.findings == [Verdict.Finding(.error, message, rule: "assignment", file: "a.py", line: 1)],
            "\(lines.details)"
        )
        let ruff = "\(try pythonProgram("ruff")) check --no-cache --isolated --output-format=sarif ."
        let sarif = try await check(["command": .string(ruff), "format": "sarif"], ["lib/a b.py": "import os\n"])
        #expect(sarif.findings.map(\.file) == ["lib/a b.py"])
        #expect(sarif.findings.map(\.rule) == ["F401"])
        #expect(sarif.findings.map(\.line) == [1])
    }

    @Test func levelAndMostSayWhatIsAllowed() async throws {
        let command: JSONValue = "echo 'a.c:1: warning: w'; echo 'a.c:2: warning: v'; exit 1"
        let name = "'\(command.text ?? "")'"
        func reason(_ more: [String: JSONValue]) async throws -> String {
            try await check(.object(["command": command, "format": "unix"].merging(more) { $1 })).reason
        }
        #expect(try await reason([:]) == "\(name) finds 2 warnings in 1 file.")
        #expect(try await reason(["level": "error"]) == "\(name) finds no more than 2 warnings in 1 file.")
        #expect(try await reason(["most": 1]) == "\(name) finds 2 warnings in 1 file, where 1 is allowed.")
        #expect(try await reason(["most": 2]) == "\(name) finds 2 warnings in 1 file, where 2 are allowed.")
    }

    @Test func sarifOnStandardOutputIsRead() async throws {
        let verdict = try await check(
            ["command": "echo noise >&2; cat a.sarif", "format": "sarif"],
            ["a.sarif": SARIFExamples.log]
        )
        #expect(
            verdict.reason
                == "'echo noise >&2; cat a.sarif' finds 2 findings in 2 files; 1 more is suppressed by comments."
        )
    }

    @Test(arguments: [
        ("exit 1", "unix", "'exit 1' exited with 1, but tells of no finding."),
        ("cat none; exit 1", "unix", "'cat none; exit 1' exited with 1, but tells of no finding."),
    ])
    func aStatusWithoutAFindingDoesNotHold(command: String, format: String, reason: String) async throws {
        let verdict = try await check(["command": .string(command), "format": .string(format)])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test(arguments: [
        (
            "echo 'bad configuration'; exit 2", "unix", Failure.Kind.unavailable,
            "'echo 'bad configuration'; exit 2' could not check (exit status 2): bad configuration"
        ),
        ("kill -SEGV $$", "exit", .unavailable, "'kill -SEGV $$' was ended by SIGSEGV."),
        (
            "no-such-linter", "unix", .missing,
            "'no-such-linter' could not run, because a program was not found: /bin/sh: 1: no-such-linter: not found"
        ),
        (
            "true", "sarif", .unavailable,
            "What 'true' printed cannot be read. Not valid JSON at line 1, column 1 (byte 0): expected a value, but found the end of the document."
        ),
        (
            "echo '{}'", "sarif", .unavailable,
            "What 'echo '{}'' printed cannot be read. It is no SARIF log: it has no 'version' 2.1.0, or no 'runs'."
        ),
        ("sleep 600", "exit", .timedOut, "'sleep 600' was still running after 2s and was ended."),
    ])
    func aLinterThatBreaksIsNoVerdict(
        command: String,
        format: String,
        kind: Failure.Kind,
        message: String
    ) async throws {
        await #expect(throws: Failure(kind, message)) {
            try await check(["command": .string(command), "format": .string(format), "timeout": "2s"])
        }
    }

    @Test(
        arguments: [
            (["command": " "], "Field 'command' must be a command line, but is empty."),
            (["command": "x", "timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["command": "x", "most": -1], "Field 'most' must be 0 or more, but is -1."),
            (
                ["command": "x", "exit_codes": [0, 127]],
                "Field 'exit_codes' must hold numbers from 0 to 125, but holds 127."
            ),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let read = try LintGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try LintGate(settings: read) }
    }
}
