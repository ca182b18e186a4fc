import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import LintersGate

/// Projects under the real mypy.
@Suite(.serialized) struct MypyGateTests {
    private func check(_ files: [String: String], _ settings: JSONValue = [:]) async throws -> Verdict {
        try await linted(MypyGate.self, files, settings, program: "mypy")
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: MypyGate.self,
            settings: ["program": .string(pythonProgram("mypy"))],
            files: ["a.py": "x: int = 1\n"]
        )
    }

    @Test func codeWithoutErrorsHolds() async throws {
        let verdict = try await check(["a.py": "x: int = 1\n"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "Mypy finds nothing.")
        #expect(verdict.metrics == ["findings": 0, "errors": 0])
    }

    @Test func findingsHaveTheirPlacesAndRules() async throws {
        let verdict = try await check([
            "a.py": "def f(x: int) -> int:\n    return 'a'\n\nf('x')\n", "lib/b.py": "y: str = 1\n",
        ])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Mypy finds 3 errors in 2 files.")
        let wanted = """
            a.py:2:12: error: Incompatible return value type (got "str", expected "int") [return-value]
            a.py:4:3: error: Argument 1 to "f" has incompatible type "str"; expected "int" [arg-type]
            lib/b.py:1:10: error: Incompatible types in assignment (expression has type "int", variable has type "str") [assignment]
            """
        #expect(Set(verdict.details.split(separator: "\n")) == Set(wanted.split(separator: "\n")))
    }

    @Test func codeThatCannotBeParsedIsAFinding() async throws {
        let verdict = try await check(["a.py": "def f(:\n    pass\n"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.findings.first?.rule == "syntax")
        #expect(verdict.findings.first?.file == "a.py")
    }

    @Test func aProjectWithoutPythonDoesNotHold() async throws {
        let verdict = try await check(["a.txt": ""])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "Mypy checked no file: it found none in the workspace.")
    }

    @Test func theFilesOfTheConfigurationAreChecked() async throws {
        let files = ["mypy.ini": "[mypy]\nfiles = lib\n", "a.py": "x: int = ''\n", "lib/b.py": "y: int = 1\n"]
        #expect(try await check(files).reason == "Mypy finds nothing.")
        #expect(try await check(files, ["paths": ["a.py"]]).reason == "Mypy finds 1 error in 1 file.")
    }

    @Test(arguments: [
        ("[mypy]\nbogus = 3\n", "mypy.ini: [mypy]: Unrecognized option: bogus = 3"),
        ("bogus\n", "mypy.ini: File contains no section headers."),
    ])
    func aConfigurationThatMypyDoesNotTakeIsNoVerdict(text: String, words: String) async throws {
        await #expect(throws: Failure(.invalidInput, "mypy does not understand its configuration: \(words)")) {
            _ = try await check(["a.py": "", "mypy.ini": text])
        }
    }

    @Test(arguments: [
        ("exit 2", Failure.Kind.invalidInput, "mypy could not check (exit status 2): it printed nothing."),
        (
            "echo 'a.py: error: INTERNAL ERROR -- Please try' >&2; exit 2", .unavailable,
            "mypy could not check (exit status 2): a.py: error: INTERNAL ERROR -- Please try"
        ),
        ("kill -KILL $$", .unavailable, "mypy was ended by SIGKILL."),
        ("exec sleep 600", .timedOut, "mypy was still running after 2s and was ended."),
    ])
    func aMypyThatBreaksIsNoVerdict(script: String, kind: Failure.Kind, message: String) async throws {
        try await withProgram(script) { program in
            await #expect(throws: Failure(kind, message)) { () async throws in
                _ = try await check(["a.py": ""], ["program": .string(program), "timeout": "2s"])
            }
        }
    }

    @Test func argumentsThatMypyRefusesAreQuoted() async throws {
        do {
            _ = try await check(["a.py": ""], ["args": ["--bogus"]])
            Issue.record("There is a verdict.")
        } catch let failure as Failure {
            #expect(failure.kind == .invalidInput)
            #expect(failure.message.hasSuffix("mypy: error: unrecognized arguments: --bogus"))
        }
        let settings = try MypyGate.Settings(json: ["args": ["--output=text"]])
        #expect(
            throws: Failure(.invalidInput, "Field 'args' must not hold '--output=text': the gate itself sets it.")
        ) { try MypyGate(settings: settings) }
    }

    @Test func theConfigurationIsProtected() {
        #expect(MypyGate.protection.protect.contains("**/mypy.ini"))
        #expect(MypyGate.protection.sections.map(\.file) == ["pyproject.toml", "setup.cfg"])
    }
}
