import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import LintersGate

/// Projects under the real ruff.
@Suite(.serialized) struct RuffGateTests {
    private static let rules: JSONValue = ["args": ["--isolated", "--select", "E,F"]]

    private func check(_ files: [String: String], _ settings: JSONValue = rules) async throws -> Verdict {
        try await linted(RuffGate.self, files, settings, program: "ruff")
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: RuffGate.self,
            settings: ["program": .string(pythonProgram("ruff"))],
            files: ["a.py": "x = 1\n"]
        )
    }

    @Test func codeWithoutFindingsHolds() async throws {
        let verdict = try await check(["a.py": "x = 1\n", "b/c.py": "y = 2\n"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "Ruff finds nothing (2 files checked).")
        #expect(verdict.metrics == ["findings": 0, "errors": 0, "files": 2, "suppressed_findings": 0])
        #expect(verdict.details.isEmpty)
    }

    @Test func findingsHaveTheirPlacesAndRules() async throws {
        let verdict = try await check(["a.py": "import os\n\nprint(nothing)\n", "lib/b.py": "def f(:\n    pass\n"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Ruff finds 4 errors in 2 files.")
        #expect(
            verdict.details == """
                lib/b.py:1:7: error: Expected a parameter or the end of the parameter list [invalid-syntax]
                lib/b.py:1:8: error: Expected `)`, found newline [invalid-syntax]
                a.py:1:8: error: `os` imported but unused [F401]
                a.py:3:7: error: Undefined name `nothing` [F821]

                """
        )
        #expect(
            verdict.findings.first
                == Verdict.Finding(.error, "`os` imported but unused", rule: "F401", file: "a.py", line: 1, column: 8)
        )
        #expect(verdict.metrics["findings"] == 4)
    }

    @Test func aProjectWithoutPythonDoesNotHold() async throws {
        let verdict = try await check(["a.txt": ""])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Ruff checked no file: it found none in the workspace.")
    }

    @Test func whatCommentsSuppressIsCountedOrRefused() async throws {
        let files = ["a.py": "import os  # noqa: F401\nimport sys  # noqa\n", "b.py": "# ruff: noqa\nimport os\n"]
        let counted = try await check(files)
        #expect(counted.reason == "Ruff finds nothing (2 files checked); 3 more are suppressed by comments.")
        #expect(counted.metrics["suppressed_findings"] == 3)
        let refused = try await check(
            files,
            .object(Self.rules.members.merging(["suppressions": "refuse"]) { $1 })
        )
        #expect(refused.reason == "Ruff finds 3 errors in 2 files.")
    }

    @Test func aConfigurationThatAsksForFixesChangesNothing() async throws {
        let verdict = try await check(
            ["a.py": "import os\n", "ruff.toml": "fix = true\nunsafe-fixes = true\n[lint]\nselect = [\"F\"]\n"],
            [:]
        )
        #expect(verdict.reason == "Ruff finds 1 error in 1 file.")
    }

    @Test func aConfigurationThatRuffDoesNotTakeIsNoVerdict() async throws {
        do {
            _ = try await check(["a.py": "", "ruff.toml": "select = 3\n"], [:])
            Issue.record("There is a verdict.")
        } catch let failure as Failure {
            #expect(failure.kind == .invalidInput)
            #expect(
                failure.message.hasPrefix(
                    "ruff could not check (exit status 2): ruff failed Cause: Failed to load configuration "
                        + "`TREE/ruff.toml` Cause: Failed to parse TREE/ruff.toml"
                )
            )
        }
    }

    @Test(arguments: [
        ("exit 101", Failure.Kind.invalidInput, "ruff could not check (exit status 101): it printed nothing."),
        ("kill -SEGV $$", .unavailable, "ruff was ended by SIGSEGV."),
        (
            "test \"$4\" = --show-files && echo a.py; echo '[', exit 0", .unavailable,
            "The report of ruff cannot be read. Not valid JSON at line 1, column 2 (byte 1): expected a value, but found ','."
        ),
        (
            "test \"$4\" = --show-files && echo a.py || { echo '[]'; echo broken >&2; exit 1; }", .unavailable,
            "ruff could not check (exit status 1): broken"
        ),
        ("exec sleep 600", .timedOut, "ruff was still running after 2s and was ended."),
    ])
    func aRuffThatBreaksIsNoVerdict(script: String, kind: Failure.Kind, message: String) async throws {
        try await withProgram(script) { program in
            await #expect(throws: Failure(kind, message)) { () async throws in
                _ = try await check(["a.py": ""], ["program": .string(program), "timeout": "2s"])
            }
        }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["args": ["--exit-zero"]], "Field 'args' must not hold '--exit-zero': the gate itself sets it."),
            (
                ["args": ["--output-format=text"]],
                "Field 'args' must not hold '--output-format=text': the gate itself sets it."
            ),
            (["paths": ["--fix"]], "Field 'paths' must be relative to the workspace and in it, but is '--fix'."),
            (["directory": ".."], "Field 'directory' must be relative to the workspace and in it, but is '..'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let read = try RuffGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try RuffGate(settings: read) }
    }

    @Test func whatIsNotThereIsNamed() async throws {
        await #expect(throws: Failure(.invalidInput, "Field 'paths' names 'src', which is not there.")) {
            _ = try await check(["a.py": ""], ["paths": ["src"]])
        }
        await #expect(throws: Failure(.missing, "The program 'ruff9' that 'program:' names was not found in PATH.")) {
            _ = try await check(["a.py": ""], ["program": "ruff9"])
        }
    }

    @Test func pathsAndDirectorySayWhatIsChecked() async throws {
        let files = ["app/a.py": "import os\n", "app/lib/b.py": "import os\n", "c.py": "import os\n"]
        let some: JSONValue = ["args": ["--isolated"], "directory": "app", "paths": ["lib"]]
        #expect(try await check(files, some).findings.map(\.file) == ["app/lib/b.py"])
    }

    @Test func theConfigurationIsProtected() {
        #expect(RuffGate.protection.protect.contains("**/ruff.toml"))
        #expect(RuffGate.protection.sections == [ProtectedSection(file: "pyproject.toml", word: "ruff")])
    }
}
