import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// Code under test that reaches into the process in which unittest judges it.
@Suite(.serialized) struct UnittestReachTests {
    /// A wrong `add`, which a cheat before it or in it makes pass.
    private func judge(_ top: String = "", inside: String = "pass", before: [String: String]? = nil) async throws
        -> Verdict
    {
        let suite = UnittestGateTests.suite(
            "def test_add(self): self.assertEqual(add(1, 2), 3)",
            "from calc import add"
        )
        let calc = "\(top)\ndef add(a, b):\n    \(inside)\n    return a - b\n"
        let python = JSONValue.string(try PythonProject.python())
        let files = ["calc.py": calc, "test_calc.py": suite]
        return try await GateTrial.verdict(of: UnittestGate.self, files, ["python": python], before: before)
    }

    private static func replaced(_ name: String) -> String {
        "'\(name)' is not what it was before the tests ran; code under test may not replace what judges it."
    }

    @Test(arguments: [
        (
            "class Equal:\n    def __eq__(self, other): return True\n", "return Equal()",
            "'calc.py' line 1: every object is equal to a 'Equal', so a comparison proves nothing."
        ),
        (
            "import unittest\nunittest.TestCase.assertEqual = lambda *a: None", "pass",
            replaced("unittest.case.TestCase.assertEqual")
        ),
        (
            "", "__import__('unittest').TestCase.assertEqual = lambda *a: None",
            "1 of 1 test fails: test_calc.py::T::test_add."
        ),
        (
            "import sys; C = sys.modules['unittest.case']._Outcome\nC.testPartExecutor.__wrapped__ = None\n"
                + "import contextlib\n@contextlib.contextmanager\ndef calm(self, case, subTest=False):\n    try: yield\n"
                + "    except Exception: pass\nC.testPartExecutor = calm",
            "pass", replaced("unittest.case._Outcome.testPartExecutor")
        ),
        (
            "import sys; M = sys.modules['unittest.result'].TestResult\nM.addFailure = M.addSuccess", "return 3",
            replaced("unittest.result.TestResult.addFailure")
        ),
        (
            "import sys; M = sys.modules['unittest.case'].TestCase\n"
                + "M.assertEqual.__code__ = (lambda self, first, second, msg=None: None).__code__", "pass",
            "A test that must fail was reported as passed: something in the code under test has changed how unittest judges."
        ),
        (
            "from unittest.mock import ANY", "return ANY",
            "'calc.py' line 1 imports 'unittest.mock', which judges it; code under test may not."
        ),
    ])
    func whatReachesIntoUnittestIsNamed(top: String, inside: String, reason: String) async throws {
        let verdict = try await judge(top, inside: inside)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func whatAFileImportedAtTheStartIsNoBreach() async throws {
        let start = ["calc.py": "import unittest\n\ndef add(a, b):\n    return a - b\n"]
        let verdict = try await judge("import unittest", inside: "return a + b", before: start)
        #expect(verdict.reason == "The 1 test passes.")
    }

    /// Files with tests are the judge's, whatever they are called.
    @Test func testsMayImportTheirRunner() async throws {
        let verdict = try await UnittestGateTests.verdict(
            ["check_a.py": UnittestGateTests.suite("def test_x(self): self.assertEqual(1, 1)")],
            ["pattern": "check_*.py"]
        )
        #expect(verdict.reason == "The 1 test passes.")
    }
}
