import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import LintersGate

/// Projects under the real basedpyright, which answers as pyright does.
@Suite(.serialized) struct PyrightGateTests {
    private func check(_ files: [String: String], _ settings: JSONValue = [:]) async throws -> Verdict {
        try await linted(PyrightGate.self, files, settings, program: "basedpyright")
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: PyrightGate.self,
            settings: ["program": .string(pythonProgram("basedpyright"))],
            files: ["a.py": "x: int = 1\n"]
        )
    }

    @Test func codeWithoutErrorsHolds() async throws {
        let verdict = try await check(["a.py": "x: int = 1\n", "lib/b.py": "y: str = ''\n"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "Pyright finds nothing (2 files checked).")
        #expect(verdict.metrics == ["findings": 0, "errors": 0, "files": 2])
    }

    @Test func findingsHaveTheirPlacesAndRules() async throws {
        let verdict = try await check(["lib/a.py": "def f(x: int) -> int:\n    return x + y\n"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Pyright finds 1 error in 1 file.")
        #expect(verdict.details.hasPrefix("lib/a.py:2:16: error: \"y\" is not defined [reportUndefinedVariable]\n"))
    }

    @Test func warningsAreWhatTheLevelSays() async throws {
        let files = ["a.py": "import os\n", "pyrightconfig.json": #"{"failOnWarnings": false}"#]
        let held = try await check(files)
        #expect(held.outcome == .passed)
        #expect(held.reason == "Pyright finds no more than 1 warning in 1 file (1 file checked).")
        let refused = try await check(files, ["level": "warning"])
        #expect(refused.outcome == .failed)
        #expect(refused.reason == "Pyright finds 1 warning in 1 file.")
        // basedpyright itself fails on warnings unless it is told not to.
        let own = try await check(["a.py": "import os\n"])
        #expect(own.outcome == .failed)
        #expect(own.reason == "Pyright does not pass the project for 1 warning in 1 file.")
    }

    @Test func aProjectWithoutPythonDoesNotHold() async throws {
        let verdict = try await check(["a.txt": ""])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Pyright checked no file: it found none in the workspace.")
    }

    @Test func aConfigurationThatPyrightDoesNotTakeIsNoVerdict() async throws {
        await #expect(
            throws: Failure(
                .invalidInput,
                "pyright does not understand its configuration: Config \"include\" entry must contain an array."
            )
        ) { _ = try await check(["a.py": "", "pyrightconfig.json": #"{"include": 3}"#]) }
    }

    @Test func argumentsThatPyrightRefusesAreQuoted() async throws {
        await #expect(
            throws: Failure(
                .invalidInput,
                "pyright could not check (exit status 4): Unexpected option --bogus. basedpyright --help for usage"
            )
        ) { _ = try await check(["a.py": ""], ["args": ["--bogus"]]) }
    }

    @Test(arguments: [
        ("echo no memory >&2; exit 2", Failure.Kind.unavailable, "pyright could not check (exit status 2): no memory"),
        ("kill -ABRT $$", .unavailable, "pyright was ended by SIGABRT."),
        (
            "exit 0", .unavailable,
            "The report of pyright cannot be read. Not valid JSON at line 1, column 1 (byte 0): expected a value, but found the end of the document."
        ),
        ("echo '{}'", .unavailable, "The report of pyright cannot be read. It does not say how many files it is of."),
        ("exec sleep 600", .timedOut, "pyright was still running after 2s and was ended."),
    ])
    func aPyrightThatBreaksIsNoVerdict(script: String, kind: Failure.Kind, message: String) async throws {
        try await withProgram(script) { program in
            await #expect(throws: Failure(kind, message)) { () async throws in
                _ = try await check(["a.py": ""], ["program": .string(program), "timeout": "2s"])
            }
        }
    }

    @Test func theConfigurationIsProtected() {
        #expect(PyrightGate.protection.protect.contains("**/pyrightconfig.json"))
        #expect(PyrightGate.protection.sections == [ProtectedSection(file: "pyproject.toml", word: "pyright")])
    }
}
