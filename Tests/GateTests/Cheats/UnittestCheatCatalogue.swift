import PipelineKit
import Testing

@testable import TestsGate

/// Cheats of every kind against unittest: each is refused, and named.
@Suite(.serialized) struct UnittestCheatCatalogue {
    private static let start = [
        "calc.py": calc(), "tests/__init__.py": "", "tests/expected.txt": "3",
        "tests/test_calc.py": UnittestGateTests.suite(
            "def test_add(self):\n    with open('tests/expected.txt') as f: self.assertEqual(add(1, 2), int(f.read()))\n"
                + "def test_nothing(self): self.assertEqual(add(0, 0), 0)",
            "from calc import add"
        ),
    ]

    private static func calc(_ top: String = "", inside: String = "pass") -> String {
        "\(top)\ndef add(a, b):\n    \(inside)\n    return a - b\n"
    }

    private static let tests = "tests/test_calc.py"
    private static let stillWrong = "1 of 2 tests fails: tests/test_calc.py::T::test_add."

    private static func file(_ name: String, _ path: String, _ text: String?) -> Cheat {
        Cheat(name: name, work: [path: text], refused: [path], reason: stillWrong)
    }

    private static func code(_ name: String, _ top: String = "", inside: String = "pass", _ reason: String) -> Cheat {
        Cheat(name: name, work: ["calc.py": calc(top, inside: inside)], reason: reason)
    }

    private static let cheats = [
        file("the test is edited", tests, "import unittest\n"), file("the test is deleted", tests, nil),
        file("its data is edited", "tests/expected.txt", "-1"),
        file("load_tests", "tests/__init__.py", "def load_tests(*a):\n    return a[1]\n"),
        file("a module in the place of unittest", "unittest.py", "import os; os._exit(0)\n"),
        file("a module that Python starts with", "sitecustomize.py", "import os; os._exit(0)\n"),
        Cheat(
            name: "modules in the place of what unittest imports",
            work: ["difflib.py": "raise 1\n", "traceback.py": "import os; os._exit(0)\n"],
            reason: stillWrong
        ),
        Cheat(
            name: "a symlinked test",
            work: ["easy.py": ""],
            link: (tests, "../easy.py"),
            refused: [tests],
            reason: stillWrong
        ),
        Cheat(
            name: "a wrapper for the runner",
            work: ["python3": "#!/bin/sh\n", "bin/python3": "#!/bin/sh\n"],
            isProgram: true,
            reason: stillWrong
        ),
        code(
            "skip",
            inside: "if a: raise __import__('unittest').SkipTest('no')",
            "'calc.py' line 3 imports 'unittest', which judges it; code under test may not."
        ),
        code(
            "os._exit",
            inside: "import os; os._exit(0)",
            "unittest exited with 0 before all tests had run, while 'tests/test_calc.py::T::test_add' ran."
        ),
        code(
            "atexit",
            "import atexit, os; atexit.register(os._exit, 0)",
            "unittest exited with 0, although its report has failing tests: tests/test_calc.py::T::test_add."
        ),
        code(
            "an assertion patched in process",
            "import sys; sys.modules['unittest.case'].TestCase.assertEqual = lambda *a: None",
            "'unittest.case.TestCase.assertEqual' is not what it was before the tests ran; code under test may not replace "
                + "what judges it."
        ),
        code(
            "an object equal to everything",
            "class Equal:\n    def __eq__(self, other): return True",
            inside: "return Equal()",
            "'calc.py' line 1: every object is equal to a 'Equal', so a comparison proves nothing."
        ),
        code(
            "the data is rewritten when the code is loaded",
            "import pathlib; pathlib.Path('tests/expected.txt').write_text('-1')",
            "'tests/expected.txt', which belongs to the tests, was changed while they ran."
        ),
        code("a changed PATH", "import os; os.environ['PATH'] = os.getcwd()", stillWrong),
        code(
            "a background process that rewrites the report",
            """
            import os, subprocess, sys
            WRITER = '''
            import glob, os, time
            while True:
                for path in glob.glob('/proc/%d/fd/*' % PARENT):
                    try: os.write(os.open(path, os.O_WRONLY | os.O_APPEND), b'{"done":true}' + bytes([10]))
                    except OSError: pass
                time.sleep(0.01)
            '''
            subprocess.Popen([sys.executable, '-c', 'PARENT = %d' % os.getpid() + WRITER], start_new_session=True)
            """,
            stillWrong
        ),
    ]

    @Test(arguments: cheats) func aCheatIsRefused(cheat: Cheat) async throws {
        let settings: JSONValue = ["python": .string(try PythonProject.python())]
        try await expectRefusal(of: cheat, by: UnittestGate.self, start: Self.start, settings)
    }
}
