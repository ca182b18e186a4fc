import Foundation
import PipelineKit
import Testing

@testable import TestsGate

/// Projects that lie below the workspace, with a configuration of their own.
@Suite(.serialized) struct PytestDirectoryTests {
    private static let files = [
        "conftest.py": "raise RuntimeError('not of this project')\n",
        "test_other.py": "def test_other():\n    assert False\n",
        "lib/pytest.ini": "[pytest]\npythonpath = src\ntestpaths = tests\n",
        "lib/src/inner.py": "VALUE = 1\n", "lib/calc.py": "def add(a, b):\n    return a + b\n",
        "lib/conftest.py": "import pytest\n\n@pytest.fixture\ndef three():\n    return 3\n",
        "lib/slow/test_slow.py": "def test_slow():\n    assert False\n",
        "lib/tests/test_calc.py": """
        import pytest, calc, inner

        @pytest.mark.parametrize("text", ["a/b", "../c"])
        def test_text(text, three):
            assert calc.add(inner.VALUE, 2) == three

        def test_wrong():
            assert calc.add(1, 1) == 3
        """,
    ]

    /// It runs where the project is, with its configuration; what is told of it is told from the workspace on.
    @Test func itsTestsRunThereAndAreNamedFromTheWorkspaceOn() async throws {
        let verdict = try await PythonProject.verdict(Self.files, ["directory": "lib"])
        #expect(
            verdict.story == [
                "lib/tests/test_calc.py::test_text[a/b]: passed", "lib/tests/test_calc.py::test_text[../c]: passed",
                "lib/tests/test_calc.py::test_wrong: failed",
            ]
        )
        #expect(verdict.reason == "1 of 3 tests fails: lib/tests/test_calc.py::test_wrong.")
        #expect(verdict.cases.map(\.file) == Array(repeating: "lib/tests/test_calc.py", count: 3))
        #expect(verdict.cases.last?.line == 7)
    }

    @Test func pathsAreOfTheProject() async throws {
        let settings: JSONValue = ["directory": "./lib/", "paths": ["slow"]]
        let verdict = try await PythonProject.verdict(Self.files, settings)
        #expect(verdict.reason == "1 of 1 test fails: lib/slow/test_slow.py::test_slow.")
    }

    @Test func whereNoTestIsItIsSaid() async throws {
        let nothing = try await PythonProject.verdict(["lib/a.py": ""], ["directory": "lib"])
        #expect(nothing.reason == "No tests were collected in 'lib'.")
        await #expect(
            throws: Failure(.invalidInput, "The directory 'lob' that 'directory:' names is not in the workspace.")
        ) { _ = try await PythonProject.verdict(["lib/a.py": ""], ["directory": "lob"]) }
    }

    /// The names that verdicts give are those that the gate is handed, and not those that pytest takes.
    @Test func whatFailedBeforeIsRunFirst() async throws {
        var settings: [String: JSONValue] = ["directory": "lib", "python": .string(try PythonProject.python())]
        let failed = ["lib/tests/test_calc.py::test_wrong"]
        let red = try await GateTrial.verdict(of: PytestGate.self, Self.files, .object(settings), failed: failed)
        #expect(red.reason == "The 1 test that failed before still fails: \(failed[0]). The others were not run.")
        #expect(red.cases.map(\.id) == failed)
        settings["args"] = ["-k", "not wrong"]
        let green = try await GateTrial.verdict(
            of: PytestGate.self,
            Self.files,
            .object(settings),
            failed: ["lib/tests/test_calc.py::test_text[../c]"]
        )
        #expect(green.reason == "All 2 tests pass.")
    }

    @Test func itsOwnEnvironmentIsTakenBeforeThatOfTheWorkspace() async throws {
        try await PythonProject.with(["lib/test_a.py": ""]) { project in
            _ = try await project.makeEnvironment(at: "\(project.tree)/.venv")
            let whole = try PythonInterpreter(named: nil, project: project.tree, directory: "lib")
            #expect(whole.path == "\(project.tree)/.venv/bin/python")
            _ = try await project.makeEnvironment(at: "\(project.tree)/lib/venv")
            let own = try PythonInterpreter(named: nil, project: project.tree, directory: "lib")
            #expect(own.path == "\(project.tree)/lib/venv/bin/python")
        }
    }
}
