import Foundation
import PipelineKit
import Testing
import WorkspaceKit

@testable import TestsGate

/// Cheats from the first snapshot to the verdict: the work is snapshotted, the tree in which it is judged is rebuilt
/// under the gate's own protection, and what pytest says there is compared with what it said at the start.
@Suite(.serialized) struct JudgedTreeTests {
    /// A wrong `add`; a second test that a cheat may want to be rid of.
    private static let start = [
        "calc.py": "def add(a, b):\n    return a - b\n",
        "pyproject.toml": "[project]\nname = \"calc\"\n\n[tool.pytest.ini_options]\naddopts = \"-ra\"\n",
        "tests/test_calc.py": """
        from calc import add

        def test_add():
            assert add(1, 2) == 3

        def test_nothing():
            assert add(0, 0) == 0
        """,
        "tests/data/expected.txt": "3",
    ]
    private static let baseline = [
        TestCase("tests/test_calc.py::test_add", .failed), TestCase("tests/test_calc.py::test_nothing", .passed),
    ]
    private static let stillWrong = "1 of 2 tests fails: tests/test_calc.py::test_add."

    /// What the work leaves in the workspace; `nil` for a file that it deletes.
    private func judge(_ work: [String: String?]) async throws -> (verdict: Verdict, refused: [FileChange]) {
        try await PythonProject.with(Self.start) { project in
            let keeper = GitWorkspaceKeeper(state: "\(project.root)/state")
            let opened = try await keeper.open(WorkspaceOrder(project.tree), for: "r1")
            for (path, text) in work {
                if let text { try project.write(path, text) } else { try project.remove(path) }
            }
            let judged = try await keeper.rebuild(
                opened.workspace,
                from: opened.start,
                with: keeper.snapshot(opened.workspace, of: "r1"),
                under: PytestGate.protection,
                of: "r1"
            )
            return (try await project.check(in: judged.path).compared(toBaseline: Self.baseline), judged.refused)
        }
    }

    @Test func theStartIsTheBaseline() async throws {
        let (verdict, _) = try await judge([:])
        #expect(verdict.reason == Self.stillWrong)
        #expect(verdict.cases.map(\.id) == Self.baseline.map(\.id))
        #expect(verdict.cases.map(\.outcome) == Self.baseline.map(\.outcome))
    }

    @Test func honestWorkHolds() async throws {
        let (verdict, refused) = try await judge([
            "calc.py": "from more import plus\n\ndef add(a, b):\n    return plus(a, b)\n",
            "more.py": "def plus(a, b):\n    return a + b\n",
            "tests/test_more.py": "from more import plus\n\ndef test_plus():\n    assert plus(1, 1) == 3\n",
        ])
        #expect(verdict.reason == "All 2 tests pass.")
        #expect(refused == [FileChange(.added, "tests/test_more.py")])
    }

    /// Each of these would change what pytest looks at, or stand in for a part of it.
    @Test(
        arguments: [
            ("tests/test_calc.py", "def test_add(): pass\n\ndef test_nothing(): pass\n"),
            ("tests/test_calc.py", nil),
            ("tests/data/expected.txt", "-1"),
            ("conftest.py", "def pytest_collection_modifyitems(items): del items[:1]\n"),
            (
                "tests/conftest.py",
                "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item):\n    report = yield\n    report.outcome = 'passed'\n    return report\n"
            ),
            ("tests/deep/conftest.py", "collect_ignore = ['.']\n"),
            ("conftest.py", "import pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.skip)\n"),
            ("pytest.ini", "[pytest]\naddopts = --collect-only\n"),
            (".pytest.ini", "[pytest]\naddopts = --collect-only\n"),
            ("pytest.toml", "[pytest]\naddopts = [\"--collect-only\"]\n"),
            ("tox.ini", "[pytest]\naddopts = --collect-only\n"),
            ("setup.cfg", "[tool:pytest]\naddopts = --collect-only\n"),
            ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = \"--collect-only\"\n"),
            ("pytest.py", "print('1 passed')\n"),
            ("pytest/__main__.py", "print('1 passed')\n"),
            ("_pytest/__init__.py", "import os; os._exit(0)\n"),
            ("sitecustomize.py", "import os; os._exit(0)\n"),
            ("cheat.pth", "import os; os._exit(0)\n"),
            ("calc.dist-info/entry_points.txt", "[pytest11]\ncheat = calc\n"),
            ("tests/__init__.py", "import os; os._exit(0)\n"),
        ] as [(String, String?)]
    )
    func whatTheGateProtectsChangesNothing(path: String, text: String?) async throws {
        let (verdict, refused) = try await judge([path: text])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == Self.stillWrong)
        #expect(refused.map(\.path) == [path])
    }

    /// The class of what pytest.skip raises can be found without an import.
    @Test func aSkipInTheTestedFunctionIsNewlySkipped() async throws {
        let skip = """
            def add(a, b):
                kinds = [kind for base in BaseException.__subclasses__() for kind in base.__subclasses__()]
                if a: raise next(kind for kind in kinds if kind.__name__ == 'Skipped')('not today')
                return 0
            """
        let (verdict, _) = try await judge(["calc.py": skip])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "The test 'tests/test_calc.py::test_add' is skipped now, and was not at the start: \"not today\"."
        )
    }

    @Test func theConfigurationMayChangeWherePytestIsNotMeant() async throws {
        let other = Self.start["pyproject.toml", default: ""].replacing("\"calc\"", with: "\"calculator\"")
        let (verdict, refused) = try await judge([
            "pyproject.toml": other, "calc.py": "def add(a, b):\n    return a + b\n",
        ])
        #expect(verdict.outcome == .passed)
        #expect(refused.isEmpty)
    }
}
