import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// Whole suites, judged by the real pytest.
@Suite(.serialized) struct PytestGateTests {
    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: PytestGate.self,
            settings: ["python": .string(PythonProject.python())],
            files: ["test_a.py": "def test_x():\n    pass\n"]
        )
    }

    @Test func aPassingSuiteHolds() async throws {
        let verdict = try await PythonProject.verdict([
            "calc.py": "def add(a, b):\n    return a + b\n",
            "tests/test_calc.py": "from calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        ])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason == "The 1 test passes.")
        #expect(verdict.score == 1)
        #expect(verdict.story == ["tests/test_calc.py::test_add: passed"])
        #expect(verdict.details.isEmpty)
    }

    @Test func aFailingSuiteNamesItsTestsAndTheirAssertions() async throws {
        let verdict = try await PythonProject.verdict([
            "calc.py": "def add(a, b):\n    return a - b\n",
            "test_calc.py": """
            import pytest
            from calc import add

            def test_add():
                assert add(1, 2) == 3

            def test_nothing():
                assert add(0, 0) == 0

            @pytest.mark.skip(reason="later")
            def test_later():
                pass
            """,
        ])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "1 of 2 tests fails: test_calc.py::test_add; 1 is skipped.")
        #expect(verdict.score == 0.5)
        #expect(
            verdict.story == [
                "test_calc.py::test_add: failed", "test_calc.py::test_nothing: passed",
                "test_calc.py::test_later: skipped",
            ]
        )
        #expect(verdict.cases[2].message == "later")
        #expect(
            verdict.details == """
                test_calc.py::test_add
                test_calc.py:5: in test_add
                    assert add(1, 2) == 3
                E   assert -1 == 3
                E    +  where -1 = add(1, 2)

                """
        )
    }

    @Test(arguments: [
        ("import os; os.abort()", "SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    ])
    func aCrashNamesTheSignalAndTheTest(crash: String, signal: String) async throws {
        let verdict = try await PythonProject.verdict([
            "test_a.py": "def test_fine():\n    pass\n\ndef test_crash():\n    \(crash)\n"
        ])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "pytest was ended by \(signal) before all tests had run, while 'test_a.py::test_crash' ran."
        )
        #expect(verdict.details.contains("Fatal Python error"))
    }

    @Test func aHangNamesTheTestThatRan() async throws {
        let files = ["test_a.py": "import time\n\ndef test_hang():\n    time.sleep(600)\n"]
        await #expect(
            throws: Failure(
                .timedOut,
                "pytest was still running after 30s and was ended, while 'test_a.py::test_hang' ran."
            )
        ) { _ = try await PythonProject.verdict(files, ["timeout": "30s"]) }
    }

    @Test func anEmptySuiteDoesNotHold() async throws {
        let verdict = try await PythonProject.verdict(["calc.py": ""])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "No tests were collected in the workspace.")
        #expect(verdict.score == 0)
        let below = try await PythonProject.verdict(["tests/data.txt": ""], ["paths": ["tests"]])
        #expect(below.reason == "No tests were collected in 'tests'.")
    }

    @Test func aFileThatCannotBeCollectedIsACase() async throws {
        let verdict = try await PythonProject.verdict([
            "tests/unit/test_bad.py": "import no_such_module\n",
            "tests/test_syntax.py": "def test_x(:\n",
            "tests/test_good.py": "def test_x():\n    pass\n",
        ])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "No test ran: 2 files could not be collected: tests/test_syntax.py, tests/unit/test_bad.py."
        )
        #expect(verdict.story == ["tests/test_syntax.py: error", "tests/unit/test_bad.py: error"])
        #expect(verdict.details.contains("ModuleNotFoundError: No module named 'no_such_module'"))
        #expect(verdict.details.contains("SyntaxError"))
    }

    @Test func aSuiteOfSkipsDoesNotHold() async throws {
        let skipped = try await PythonProject.verdict([
            "test_a.py": "import pytest\n\ndef test_x():\n    pytest.skip('no')\n"
        ])
        #expect(skipped.reason == "No test passed; 1 is skipped.")
        #expect(skipped.outcome == .failed)
        let module = try await PythonProject.verdict([
            "test_a.py": "import pytest\npytest.skip('whole file', allow_module_level=True)\n"
        ])
        #expect(module.reason == "No tests were collected in the workspace; 1 is skipped.")
        #expect(module.story == ["test_a.py: skipped"])
    }

    @Test func aBrokenConftestIsForTheModelToMend() async throws {
        let verdict = try await PythonProject.verdict([
            "calc.py": "def add(a, b:\n", "conftest.py": "import calc\n", "test_a.py": "def test_x():\n    pass\n",
        ])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasPrefix("No test ran: ImportError while loading conftest '"))
        #expect(verdict.reason.contains("SyntaxError"))
    }

    @Test(
        arguments: [
            ("a.py", ["args": ["--no-such-option"]], "unrecognized arguments: --no-such-option"),
            ("a.py", ["paths": ["tsts"]], "file or directory not found: tsts"),
        ] as [(String, JSONValue, String)]
    )
    func argumentsThatPytestRefusesAreQuoted(file: String, settings: JSONValue, words: String) async throws {
        await #expect(throws: Failure(.invalidInput, "pytest refuses its arguments: \(words)")) {
            _ = try await PythonProject.verdict([file: ""], settings)
        }
    }

    @Test func anInterpreterWithoutPytestSaysHowToInstallIt() async throws {
        try await PythonProject.with(["test_a.py": "def test_x():\n    pass\n"]) { project in
            let python = try await project.makeEnvironment(at: "\(project.root)/bare")
            await #expect(
                throws: Failure(
                    .missing,
                    "pytest is not installed for '\(python)'. Install it: \(python) -m pip install pytest"
                )
            ) { _ = try await project.check(["python": .string(python)]) }
        }
    }

    @Test func anInterpreterThatIsNotThereIsNamed() async throws {
        await #expect(
            throws: Failure(.missing, "The interpreter '/no/python' that 'python:' names is not an executable file.")
        ) { _ = try await PythonProject.verdict([:], ["python": "/no/python"]) }
        await #expect(
            throws: Failure(.missing, "The interpreter 'python9' that 'python:' names was not found in PATH.")
        ) { _ = try await PythonProject.verdict([:], ["python": "python9"]) }
    }

    @Test func theProjectsOwnEnvironmentIsTaken() async throws {
        try await PythonProject.with(["test_a.py": "def test_x():\n    pass\n"]) { project in
            _ = try await project.makeEnvironment(at: "\(project.tree)/.venv")
            #expect(try PythonInterpreter(named: nil, project: project.tree).path == "\(project.tree)/.venv/bin/python")
            let found = try PythonInterpreter(named: ".venv/bin/python", project: project.tree)
            #expect(found.environment["VIRTUAL_ENV"] == "\(project.tree)/.venv")
            #expect(found.environment["PATH"]?.hasPrefix("\(project.tree)/.venv/bin:") == true)
        }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["args": ["--rootdir=x"]], "Field 'args' must not hold '--rootdir=x': the gate itself sets it."),
            (
                ["directory": "../a"],
                "Field 'directory' must be a directory of the workspace, relative to it, but is '../a'."
            ),
            (["arg": []], "Unknown field 'arg'. Did you mean 'args'?"),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) {
        var registry = Registry()
        registry.add(PytestGate.self)
        do throws(FieldProblems) {
            _ = try registry.gates["pytest"]?.make(settings)
            Issue.record("The settings were taken.")
        } catch {
            #expect(error.all.map(\.message) == [message])
        }
    }
}
