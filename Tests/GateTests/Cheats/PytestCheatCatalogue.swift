import PipelineKit
import Testing

@testable import TestsGate

/// Cheats of every kind against pytest: each is refused, and named.
@Suite(.serialized) struct PytestCheatCatalogue {
    /// A wrong `add`, and another test that a cheat may want to be rid of.
    private static let start = [
        "calc.py": calc(), "tests/data/expected.txt": "3",
        "pyproject.toml": "[project]\nname = \"calc\"\n\n[tool.pytest.ini_options]\naddopts = \"-ra\"\n",
        "tests/test_calc.py": """
        import pathlib
        from calc import add

        def test_add():
            assert add(1, 2) == int((pathlib.Path(__file__).parent / "data/expected.txt").read_text())

        def test_nothing():
            assert add(0, 0) == 0

        """,
    ]

    private static func calc(_ top: String = "", inside: String = "pass") -> String {
        "\(top)\ndef add(a, b):\n    \(inside)\n    return a - b\n"
    }

    private static let stillWrong = "1 of 2 tests fails: tests/test_calc.py::test_add."
    private static let tests = "tests/test_calc.py"
    private static let easy = "def test_add(): pass\n\ndef test_nothing(): pass\n"

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    private static func code(_ name: String, _ top: String = "", inside: String = "pass", _ reason: String) -> Cheat {
        Cheat(name: name, work: ["calc.py": calc(top, inside: inside)], reason: reason)
    }

    private static let files = [
        file("the test is edited", tests, easy),
        file("the test is deleted", tests, nil),
        file("its data is edited", "tests/data/expected.txt", "-1"),
        file("a conftest", "conftest.py", "def pytest_collection_modifyitems(items): del items[:1]\n"),
        file(
            "a nested conftest",
            "tests/conftest.py",
            "import pytest\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item):\n"
                + "    report = yield\n    report.outcome = 'passed'\n    return report\n"
        ),
        file("addopts", "pyproject.toml", "[tool.pytest.ini_options]\naddopts = \"--collect-only\"\n"),
        file("addopts in a file of its own", "pytest.ini", "[pytest]\naddopts = -k nothing\n"),
        file("a module in the place of pytest", "pytest.py", "import os; os._exit(0)\n"),
        file("a module that Python starts with", "sitecustomize.py", "import os; os._exit(0)\n"),
        Cheat(name: "compiled code for the tests", work: ["tests/test_calc.pyc": "x"], reason: stillWrong),
        file("a plugin that passes for an installed one", "calc.dist-info/entry_points.txt", "[pytest11]\nx = calc\n"),
        Cheat(
            name: "modules in the place of what pytest imports",
            work: ["random.py": "import os; os._exit(0)\n", "pdb.py": "raise 1\n", "json/__init__.py": "raise 1\n"],
            reason: stillWrong
        ),
        Cheat(
            name: "a symlinked test",
            work: ["easy.py": easy],
            link: (tests, "../easy.py"),
            refused: [tests],
            reason: stillWrong
        ),
        Cheat(
            name: "a test directory that is a link",
            work: ["easy/test_calc.py": easy, "easy/data/expected.txt": "-1"],
            link: ("tests/data", "../easy/data"),
            refused: ["easy/test_calc.py", "tests/data", "tests/data/expected.txt"],
            reason: stillWrong
        ),
        Cheat(
            name: "a wrapper for the runner",
            work: ["pytest": "#!/bin/sh\nexit 0\n", "python3": "#!/bin/sh\nexit 0\n", "bin/pytest": "#!/bin/sh\n"],
            isProgram: true,
            reason: stillWrong
        ),
        Cheat(
            name: "a git hook",
            work: [".git/hooks/post-checkout": "#!/bin/sh\nsed -i s/3/-1/ tests/data/expected.txt\n"],
            isProgram: true,
            reason: stillWrong
        ),
        Cheat(
            name: "files that shells and direnv read",
            work: [".envrc": "export PATH=$PWD:$PATH\n", ".profile": "PATH=.\n", ".env": "PYTEST_ADDOPTS=--co\n"],
            reason: stillWrong
        ),
    ]

    private static let programs = [
        code(
            "skip",
            inside: "__import__('pytest').skip('not today')",
            "No test passed; 2 are skipped."
        ),
        code(
            "skip of one test",
            inside: "if a: __import__('pytest').skip('not today')",
            "'calc.py' line 3 imports 'pytest', which judges it; code under test may not."
        ),
        code(
            "os._exit",
            inside: "import os; os._exit(0)",
            "pytest exited with 0 before all tests had run, while 'tests/test_calc.py::test_add' ran."
        ),
        code(
            "atexit",
            "import atexit, os; atexit.register(os._exit, 0)",
            "pytest exited with 0, although its report has failing tests: tests/test_calc.py::test_add."
        ),
        code(
            "the runner patched in process",
            "import sys\nR = sys.modules['_pytest.runner'].CallInfo\nreal = R.from_call.__func__\n"
                + "def fake(cls, *a, **k):\n    c = real(cls, *a, **k); c.excinfo = None; return c\n"
                + "R.from_call = classmethod(fake)",
            "'_pytest.runner.CallInfo.from_call' is not what it was before the tests ran; code under test may not replace "
                + "what judges it."
        ),
        code(
            "an object equal to everything",
            "class Equal:\n    def __eq__(self, other): return True",
            inside: "return Equal()",
            "'calc.py' line 1: every object is equal to a 'Equal', so a comparison proves nothing."
        ),
        code(
            "the object of unittest.mock",
            "from unittest.mock import ANY",
            inside: "return ANY",
            "'calc.py' line 1 imports 'unittest.mock', which judges it; code under test may not."
        ),
        code(
            "a changed PATH",
            "import os; os.environ['PATH'] = os.getcwd(); os.environ['PYTEST_ADDOPTS'] = '--co'",
            stillWrong
        ),
        code(
            "the data is rewritten when the code is loaded",
            "import pathlib; pathlib.Path('tests/data/expected.txt').write_text('-1')",
            "'tests/data/expected.txt', which belongs to the tests, was changed while they ran."
        ),
        code(
            "the test is rewritten when the code is loaded",
            "import pathlib; pathlib.Path('tests/test_calc.py').write_text('def test_add(): pass')",
            inside: "return a + b",
            "'tests/test_calc.py', which belongs to the tests, was changed while they ran."
        ),
        code(
            "a conftest that is written when the code is loaded",
            "import pathlib; pathlib.Path('tests/conftest.py').write_text('')",
            inside: "return a + b",
            "'tests/conftest.py', which belongs to the tests, was changed while they ran."
        ),
        code(
            "a background process that rewrites the report",
            """
            import os, subprocess, sys
            WRITER = '''
            import glob, os, time
            while True:
                for path in glob.glob('/proc/%d/fd/*' % PARENT) + glob.glob('/proc/self/fd/*'):
                    try: os.write(os.open(path, os.O_WRONLY | os.O_APPEND), b'{"done":0}' + bytes([10]))
                    except OSError: pass
                time.sleep(0.01)
            '''
            subprocess.Popen([sys.executable, '-c', 'PARENT = %d' % os.getpid() + WRITER], start_new_session=True,
                             close_fds=False, stdout=subprocess.DEVNULL)
            """,
            stillWrong
        ),
        code(
            "lines written to every descriptor",
            "import os\nfor d in range(3, 1024):\n    try: os.write(d, b'{\"done\":0}\\n')\n    except OSError: pass",
            "pytest exited with 1, but line 2 of what it wrote down cannot be read."
        ),
    ]

    @Test(arguments: files) func aCheatByAFileIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: PytestGate.self, start: Self.start, Self.settings())
    }

    @Test(arguments: programs) func aCheatInTheCodeIsRefused(cheat: Cheat) async throws {
        try await expectRefusal(of: cheat, by: PytestGate.self, start: Self.start, Self.settings())
    }

    private static func settings() throws -> JSONValue { ["python": .string(try PythonProject.python())] }

    /// Tests write files, beside themselves too, and write what was there once more.
    @Test func filesOfTheTestsOwnAreNoCheat() async throws {
        let write =
            "import pathlib\n[pathlib.Path('tests/' + n).write_text(t) for n, t in {'out.txt': 'x', "
            + "'data/expected.txt': '3'}.items()]"
        let (verdict, _) = try await GateTrial.verdict(
            of: PytestGate.self,
            start: Self.start,
            work: ["calc.py": Self.calc(write, inside: "return a + b")],
            Self.settings()
        )
        #expect(verdict.reason == "All 2 tests pass.")
    }

    /// What was never judged cannot be told from what is right: this is for tests that the work does not see, `holdout`.
    @Test func aTableOfTheTestDataIsForTestsThatNobodySees() async throws {
        let table = Self.calc(inside: "return {(1, 2): 3, (0, 0): 0}.get((a, b))")
        let (verdict, _) = try await GateTrial.verdict(
            of: PytestGate.self,
            start: Self.start,
            work: ["calc.py": table],
            Self.settings()
        )
        withKnownIssue("It holds here.") { #expect(verdict.outcome == .failed) }
    }
}
