import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

@testable import LintersGate
@testable import ReportsGate
@testable import TestsGate

/// Cheats from the first snapshot to the verdict, under the protection of each gate itself.
@Suite(.serialized) struct JudgedProjectTests {
    /// The verdict on what the work leaves behind (`nil` for a file that it deletes), and the changes that do not count.
    private func judge<G: Gate>(
        _ type: G.Type,
        _ start: [String: String],
        _ work: [String: String?],
        _ settings: JSONValue
    ) async throws -> (verdict: Verdict, refused: [String]) {
        try await PythonProject.with(start) { project in
            let keeper = GitWorkspaceKeeper(state: "\(project.root)/state")
            let opened = try await keeper.open(WorkspaceOrder(project.tree), for: "r1")
            for (path, text) in work {
                if let text { try project.write(path, text) } else { try project.remove(path) }
            }
            let judged = try await keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: keeper.snapshot(opened.workspace, of: "r1"),
                under: G.protection,
                of: "r1"
            )
            let scratch = "\(project.root)/scratch"
            try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false)
            let gate = try G(settings: G.Settings(json: settings))
            let workspace = Workspace(path: judged.path, project: project.tree)
            let verdict = try await gate.judge(workspace, in: GateContext(scratch: { scratch }))
            return (verdict, judged.refused.map(\.path).sorted())
        }
    }

    private static let wrong = "import os\n"

    @Test(
        arguments: [
            ["lib/ruff.toml": "[lint]\nselect = []\n"], ["ruff.toml": "exclude = [\"lib\"]\n"],
            ["lib/.ruff.toml": "exclude = [\"*\"]\n"],
            ["lib/pyproject.toml": "[tool.ruff]\nexclude = [\"*\"]\n"],
            ["pyproject.toml": "[project]\nname = \"x\"\n\n[tool.ruff]\nexclude = [\"lib\"]\n"],
        ] as [[String: String]]
    )
    func aConfigurationThatLooksAwayDoesNotCountForRuff(work: [String: String]) async throws {
        let settings: JSONValue = ["program": .string(try pythonProgram("ruff"))]
        let start = ["lib/a.py": Self.wrong, "pyproject.toml": "[project]\nname = \"x\"\n"]
        let (verdict, refused) = try await judge(RuffGate.self, start, work, settings)
        #expect(verdict.reason == "Ruff finds 1 error in 1 file.")
        #expect(refused == work.keys.sorted())
    }

    @Test(
        arguments: [
            ["mypy.ini": "[mypy]\nignore_errors = True\n"], [".mypy.ini": "[mypy]\nignore_errors = True\n"],
            ["setup.cfg": "[metadata]\nname = x\n\n[mypy]\nignore_errors = True\n"],
            ["pyproject.toml": "[tool.mypy]\nignore_errors = true\n"],
        ] as [[String: String]]
    )
    func aConfigurationThatLooksAwayDoesNotCountForMypy(work: [String: String]) async throws {
        let settings: JSONValue = ["program": .string(try pythonProgram("mypy"))]
        let start = ["a.py": "x: int = 'a'\n", "setup.cfg": "[metadata]\nname = x\n"]
        let (verdict, refused) = try await judge(MypyGate.self, start, work, settings)
        #expect(verdict.reason == "Mypy finds 1 error in 1 file.")
        #expect(refused == work.keys.sorted())
    }

    @Test(
        arguments: [
            ["pyrightconfig.json": #"{"typeCheckingMode": "off", "ignore": ["**"]}"#],
            ["pyproject.toml": "[tool.basedpyright]\nignore = [\"**\"]\n"],
        ] as [[String: String]]
    )
    func aConfigurationThatLooksAwayDoesNotCountForPyright(work: [String: String]) async throws {
        let settings: JSONValue = ["program": .string(try pythonProgram("basedpyright"))]
        let start = ["a.py": "x: int = 'a'\n"]
        let (verdict, refused) = try await judge(PyrightGate.self, start, work, settings)
        #expect(verdict.reason == "Pyright finds 1 error in 1 file.")
        #expect(refused == work.keys.sorted())
    }

    @Test(
        arguments: [
            ["tests/test_a.py": "import unittest\n"], ["tests/test_a.py": nil],
            ["tests/__init__.py": "def load_tests(*a):\n    import unittest\n    return unittest.TestSuite()\n"],
            ["sitecustomize.py": "import os; os._exit(0)\n"], ["unittest.py": "import os; os._exit(0)\n"],
        ] as [[String: String?]]
    )
    func testsThatAreChangedDoNotCountForUnittest(work: [String: String?]) async throws {
        let suite = UnittestGateTests.suite(
            "def test_add(self): self.assertEqual(add(1, 2), 3)",
            "from calc import add"
        )
        let start = [
            "calc.py": "def add(a, b):\n    return a - b\n", "tests/__init__.py": "", "tests/test_a.py": suite,
        ]
        let settings: JSONValue = ["python": .string(try PythonProject.python())]
        let (verdict, refused) = try await judge(UnittestGate.self, start, work, settings)
        #expect(verdict.reason == "1 of 1 test fails: tests/test_a.py::T::test_add.")
        #expect(refused == work.keys.sorted())
    }

    @Test func aTestThatIsNewlySkippedIsToldOfByTheStart() async throws {
        let suite = UnittestGateTests.suite(
            "def test_add(self): self.assertEqual(add(1, 2), 3)\ndef test_other(self): pass",
            "from calc import add"
        )
        let start = ["calc.py": "def add(a, b):\n    return a - b\n", "test_a.py": suite]
        let settings: JSONValue = ["python": .string(try PythonProject.python())]
        let (before, _) = try await judge(UnittestGate.self, start, [:], settings)
        let found = "next(kind for kind in Exception.__subclasses__() if kind.__name__ == 'SkipTest')"
        let cheat = "def add(a, b):\n    raise \(found)('later')\n"
        let (after, refused) = try await judge(UnittestGate.self, start, ["calc.py": cheat], settings)
        #expect(refused.isEmpty)
        #expect(after.outcome == .passed)
        let compared = after.compared(toBaseline: before.cases)
        #expect(compared.outcome == .failed)
        #expect(
            compared.reason
                == "The test 'test_a.py::T::test_add' is skipped now, and was not at the start: \"later\"."
        )
    }

    @Test(
        arguments: [
            [".coveragerc": "[report]\nomit = calc.py\n"],
            ["pyproject.toml": "[tool.coverage.report]\nomit = [\"calc.py\"]\n"],
        ] as [[String: String]]
    )
    func aConfigurationThatLeavesCodeOutDoesNotCountForCoverage(work: [String: String]) async throws {
        let python = try PythonProject.python()
        let data = "--data-file=${SLUICE_REPORT%/*}/data"
        let command =
            "\(python) -B -m coverage run \(data) --source=. main.py"
            + " && \(python) -B -m coverage json \(data) -o $SLUICE_REPORT"
        let start = ["calc.py": "def a():\n    return 1\n", "main.py": "import calc\n"]
        let settings: JSONValue = ["at_least": 90, "command": .string(command)]
        let (verdict, refused) = try await judge(CoverageGate.self, start, work, settings)
        #expect(verdict.reason == "66.6 % of 3 lines are covered, not the 90 % that must be.")
        #expect(refused == work.keys.sorted())
    }

    @Test(
        arguments: [
            ["tests/run.sh": "true\n"], ["src/a.test.js": ""], ["spec/a_spec.rb": ""], ["src/ATests.java": ""],
        ] as [[String: String]]
    )
    func testsThatAreChangedDoNotCountForJUnit(work: [String: String]) async throws {
        let report = #"<testsuite><testcase name="a"/></testsuite>"#
        let (verdict, refused) = try await judge(JUnitGate.self, ["r.xml": report], work, ["report": ["r.xml"]])
        #expect(verdict.reason == "The 1 test passes.")
        #expect(refused == work.keys.sorted())
    }
}
