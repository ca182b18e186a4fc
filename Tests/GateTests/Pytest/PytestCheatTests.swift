import Foundation
import PipelineKit
import Testing

@testable import TestsGate

/// What the code under test, or a file beside it, may try while pytest runs; each is refused, and the verdict says why.
@Suite(.serialized) struct PytestCheatTests {
    /// A wrong `add`, with the cheat before it and in it, and the test that would find it out.
    private func judge(_ top: String = "", inside: String = "", _ others: [String: String] = [:]) async throws
        -> Verdict
    {
        let calc = "\(top)\ndef add(a, b):\n    \(inside.isEmpty ? "pass" : inside)\n    return a - b\n"
        let test = "from calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n"
        return try await PythonProject.verdict(["calc.py": calc, "test_calc.py": test].merging(others) { $1 })
    }

    @Test(arguments: [
        (
            "", "import os; os._exit(0)",
            "pytest exited with 0 before all tests had run, while 'test_calc.py::test_add' ran."
        ),
        (
            "import os; os._exit(0)", "",
            "pytest exited with 0 before all tests had run, while it collected the tests."
        ),
        ("import sys; sys.exit(0)", "", "No test ran: 'calc.py' raised SystemExit: 0."),
        (
            "", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
            "pytest was ended by SIGKILL before all tests had run, while 'test_calc.py::test_add' ran."
        ),
        ("", "import sys; sys.exit(0)", "1 of 1 test fails: test_calc.py::test_add."),
        (
            "", "import pytest; pytest.exit('done', returncode=0)",
            "pytest's report leaves out 1 of the tests that were started: test_calc.py::test_add."
        ),
        (
            "import pytest; pytest.exit('done', returncode=0)", "",
            "No test ran: 1 file could not be collected: test_calc.py."
        ),
        (
            "import atexit, os; atexit.register(os._exit, 0)", "",
            "pytest exited with 0, although its report has failing tests: test_calc.py::test_add."
        ),
        ("", "import pytest; pytest.skip('not today')", "No test passed; 1 is skipped."),
        ("", "import pytest; pytest.xfail('not today')", "No test passed; 1 is skipped."),
        (
            "import pytest; pytest.skip('not today', allow_module_level=True)", "",
            "No tests were collected in the workspace; 1 is skipped."
        ),
    ])
    func leavingEarlyIsNotPassing(top: String, inside: String, reason: String) async throws {
        let verdict = try await judge(top, inside: inside)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    /// The code under test runs in the process that makes the report, and can write to every descriptor of it.
    @Test(arguments: [
        ("{\"done\": 0}\\n", "pytest exited with 1, but line 2 of what it wrote down cannot be read."),
        ("\\n", "pytest exited with 1, but line 2 of what it wrote down cannot be read."),
        ("x", "pytest exited with 1, but line 2 of what it wrote down cannot be read."),
    ])
    func whatTheCodeWritesIsNoReport(text: String, reason: String) async throws {
        let top = "import os\nfor d in range(3, 1024):\n    try: os.write(d, b'\(text)')\n    except OSError: pass"
        #expect(try await judge(top).reason == reason)
    }

    @Test(arguments: ["os.ftruncate(d, 0)", "os.lseek(d, 0, 0)", "os.pwrite(d, b'x', 0)", "os.read(d, 1)"])
    func nothingIsTakenBack(call: String) async throws {
        let top = """
            import atexit, os, socket, stat
            def spoil():
                for d in range(3, 1024):
                    try:
                        if stat.S_ISSOCK(os.fstat(d).st_mode): \(call)
                    except OSError: pass
                os._exit(0)
            atexit.register(spoil)
            """
        let reason = "pytest exited with 0, although its report has failing tests: test_calc.py::test_add."
        #expect(try await judge(top).reason == reason)
    }

    /// Each of these would make the wrong `add` pass if Python or pytest took it for a part of itself.
    @Test func aFileWithTheNameOfAPartOfTheRunnerIsNotTaken() async throws {
        let names = [
            "pytest.py", "pytest/__init__.py", "_pytest/__init__.py", "pluggy.py", "pluggy/__init__.py",
            "iniconfig.py", "sitecustomize.py", "usercustomize.py", "random.py", "xml/__init__.py",
            "unittest/__init__.py", "doctest.py", "os.py", "encodings/__init__.py", "tempfile.py", "pdb.py",
            "faulthandler.py", "tomllib/__init__.py", "socket.py", "pickle.py", "getpass.py", "asyncio/__init__.py",
        ]
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "import os\nos._exit(0)\n") })
        let verdict = try await judge("", inside: "", files.merging(["cheat.pth": "import os; os._exit(0)\n"]) { $1 })
        #expect(verdict.reason == "1 of 1 test fails: test_calc.py::test_add.")
    }

    /// Whatever pytest's own sources import from the standard library late does not come from the workspace, which pytest
    /// puts before that; what the project itself imports may.
    @Test func nothingThatPytestImportsIsTakenFromTheWorkspace() async throws {
        let names = """
            import ast, pathlib, sys
            import _pytest, pluggy, iniconfig, packaging

            NAMES = set()
            for package in (_pytest, pluggy, iniconfig, packaging):
                for file in pathlib.Path(package.__file__).parent.rglob("*.py"):
                    for node in ast.walk(ast.parse(file.read_text())):
                        if isinstance(node, ast.Import):
                            NAMES |= {alias.name.partition(".")[0] for alias in node.names}
                        elif isinstance(node, ast.ImportFrom) and node.level == 0:
                            NAMES.add(node.module.partition(".")[0])
            """
        let test = """
            import sys
            BEFORE = set(sys.modules)
            \(names)
            # What is for Windows.
            NAMES -= {"msvcrt", "winreg", "_winapi", "nt", "ctypes"}

            LATE = (NAMES & sys.stdlib_module_names) - BEFORE - {"getpass"}
            for name in LATE | {"getpass"}:
                pathlib.Path(name + ".py").write_text("")

            def is_from_here(module):
                file = getattr(module, "__file__", None)
                return file is not None and pathlib.Path.cwd() in pathlib.Path(file).parents

            def test_what_is_outside_gets_none_of_it():
                assert len(NAMES) > 50 and "pickle" in LATE
                assert sys.path[0] == str(pathlib.Path.cwd())
                for name in LATE:
                    names = {"__file__": pathlib.__file__}
                    exec(f"import {name} as module", names)
                    assert not is_from_here(names["module"]), name

            def test_what_is_here_gets_what_is_here():
                import getpass
                assert is_from_here(getpass)
            """
        let verdict = try await PythonProject.verdict(["test_names.py": test])
        #expect(verdict.outcome == .passed, "\(verdict.details)")
    }

    @Test func anEditableInstallStandsForTheTreeThatIsJudged() async throws {
        let wrong = "def add(a, b):\n    return a - b\n"
        let right = "def add(a, b):\n    return a + b\n"
        let test =
            "from calc import add\nfrom more import more\n\ndef test_add():\n    assert add(1, 2) + more() == 4\n"
        try await PythonProject.with([
            "src/calc.py": wrong, "lib/more/__init__.py": "def more(): return 0\n", "tests/test_calc.py": test,
        ]) { project in
            let environment = "\(project.tree)/.venv"
            let python = try await project.makeEnvironment(at: environment, withPytest: true)
            // What `pip install -e .` writes: a path, and for mapped packages a finder.
            try project.install("\(project.tree)/src\n", as: "calc.pth", in: environment)
            try project.install("import __editable___more_finder as f; f.install()\n", as: "more.pth", in: environment)
            try project.install(Self.finder(project.tree), as: "__editable___more_finder.py", in: environment)
            let judged = "\(project.root)/judged"
            try FileManager.default.createDirectory(atPath: judged, withIntermediateDirectories: false)
            for part in ["src", "lib", "tests"] {
                try FileManager.default.copyItem(atPath: "\(project.tree)/\(part)", toPath: "\(judged)/\(part)")
            }
            try Data(right.utf8).write(to: URL(filePath: "\(judged)/src/calc.py"))
            try Data("def more(): return 1\n".utf8).write(to: URL(filePath: "\(judged)/lib/more/__init__.py"))
            #expect(try await project.check(["python": .string(python)]).outcome == .failed)
            let verdict = try await project.check(["python": .string(python)], in: judged)
            #expect(verdict.outcome == .passed, "\(verdict.details)")
        }
    }

    /// The finder that setuptools installs for an editable package, as far as it matters here.
    private static func finder(_ project: String) -> String {
        """
        import importlib.util, os, sys
        MAPPING = {"more": "\(project)/lib/more"}
        NAMESPACES = {}

        class Finder:
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                if name in MAPPING:
                    return importlib.util.spec_from_file_location(name, os.path.join(MAPPING[name], "__init__.py"))

        def install():
            sys.meta_path.append(Finder)
        """
    }

    @Test func variablesOfTheEngineDoNotReachPytest() async throws {
        let test =
            "import os\n\ndef test_x():\n    assert not [n for n in os.environ if n.startswith('PYTHON') and n != 'PYTHONDONTWRITEBYTECODE']\n"
        setenv("PYTEST_ADDOPTS", "--collect-only", 1)
        setenv("PYTHONPATH", "/nowhere", 1)
        defer {
            unsetenv("PYTEST_ADDOPTS")
            unsetenv("PYTHONPATH")
        }
        let verdict = try await PythonProject.verdict(["test_a.py": test])
        #expect(verdict.reason == "The 1 test passes.", "\(verdict.details)")
    }
}
