import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// What the code under test, or a file beside it, may try while unittest runs.
@Suite(.serialized) struct UnittestCheatTests {
    /// A wrong `add`, with the cheat before it and in it, and the test that would find it out.
    private func judge(_ top: String = "", inside: String = "", _ others: [String: String] = [:]) async throws
        -> Verdict
    {
        let calc = "\(top)\ndef add(a, b):\n    \(inside.isEmpty ? "pass" : inside)\n    return a - b\n"
        let test = UnittestGateTests.suite(
            "def test_add(self): self.assertEqual(add(1, 2), 3)",
            "from calc import add"
        )
        return try await UnittestGateTests.verdict(["calc.py": calc, "test_calc.py": test].merging(others) { $1 })
    }

    @Test(arguments: [
        (
            "", "import os; os._exit(0)",
            "unittest exited with 0 before all tests had run, while 'test_calc.py::T::test_add' ran."
        ),
        (
            "import os; os._exit(0)", "",
            "unittest exited with 0 before all tests had run, while 'test_calc.py' was imported."
        ),
        ("import sys; sys.exit(0)", "", "1 of 1 test fails: test_calc.py."),
        ("", "import sys; sys.exit(0)", "1 of 1 test fails: test_calc.py::T::test_add."),
        (
            "import atexit, os; atexit.register(os._exit, 0)", "",
            "unittest exited with 0, although its report has failing tests: test_calc.py::T::test_add."
        ),
        ("", "import unittest; raise unittest.SkipTest('not today')", "No test passed; 1 is skipped."),
        (
            "import unittest; unittest.TestCase.run = lambda self, result=None: None", "",
            "1 of the 1 tests that were found did not run: test_calc.py::T::test_add."
        ),
        ("", "import os; os.fork() or os._exit(0)", "1 of 1 test fails: test_calc.py::T::test_add."),
        (
            "import os, sys\nfor d in range(3, 1024):\n    try: os.ftruncate(d, 0)\n    except OSError: pass\nos._exit(0)",
            "",
            "unittest exited with 0 before all tests had run, while 'test_calc.py' was imported."
        ),
    ])
    func leavingEarlyIsNotPassing(top: String, inside: String, reason: String) async throws {
        do {
            let verdict = try await judge(top, inside: inside)
            #expect(verdict.outcome == .failed)
            #expect(verdict.reason == reason)
        } catch let failure as Failure {
            #expect(failure.message.replacing(try PythonProject.python(), with: "PYTHON") == reason)
        }
    }

    @Test func whatIsNoLineOfTheLedgerIsNotBelieved() async throws {
        let top = "import os\nfor d in range(3, 1024):\n    try: os.write(d, b'{}\\n')\n    except OSError: pass"
        #expect(
            try await judge(top).reason == "unittest exited with 1, but line 3 of what it wrote down cannot be read."
        )
    }

    /// Each of these would make the wrong `add` pass if Python took it for a part of itself.
    @Test func aFileWithTheNameOfAPartOfTheRunnerIsNotTaken() async throws {
        let names = [
            "unittest.py", "sitecustomize.py", "usercustomize.py", "traceback.py", "json.py",
            "fnmatch.py", "glob.py", "os.py", "difflib.py", "pprint.py", "time.py", "encodings/__init__.py",
            "asyncio/__init__.py", "logging.py", "argparse.py", "signal.py", "warnings.py", "weakref.py",
        ]
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, "import os\nos._exit(0)\n") })
        let verdict = try await judge("", inside: "", files.merging(["cheat.pth": "import os; os._exit(0)\n"]) { $1 })
        #expect(verdict.reason == "1 of 1 test fails: test_calc.py::T::test_add.")
    }

    @Test func testsAndWhatRunsThemAreProtected() {
        let protect = UnittestGate.protection.protect
        for pattern in ["**/test*.py", "**/tests/**", "**/unittest/**", "**/sitecustomize.py", "**/__pycache__/**"] {
            #expect(protect.contains(pattern))
        }
    }
}
