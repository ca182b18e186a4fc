import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// Code under test that reaches into the process in which pytest judges it.
@Suite(.serialized) struct PytestReachTests {
    /// A wrong `add`, which a cheat before it or in it makes pass.
    private static func judge(
        _ top: String = "",
        inside: String = "pass",
        test: String = "assert add(1, 2) == 3",
        before: [String: String]? = nil
    ) async throws -> Verdict {
        let files = [
            "calc.py": "\(top)\ndef add(a, b):\n    \(inside)\n    return a - b\n",
            "test_calc.py": "from calc import add\n\ndef test_add():\n    \(test)\n",
        ]
        let python = JSONValue.string(try PythonProject.python())
        return try await GateTrial.verdict(of: PytestGate.self, files, ["python": python], before: before)
    }

    private static func imports(_ name: String, line: Int = 1) -> String {
        "'calc.py' line \(line) imports '\(name)', which judges it; code under test may not."
    }

    private static func replaced(_ name: String) -> String {
        "'\(name)' is not what it was before the tests ran; code under test may not replace what judges it."
    }

    private static let tricked =
        "A test that must fail was reported as passed: something in the code under test has changed how pytest judges."

    @Test(arguments: [
        ("import unittest.mock", "return unittest.mock.ANY", imports("unittest.mock")),
        ("", "from unittest.mock import ANY; return ANY", imports("unittest.mock", line: 3)),
        ("", "return __import__('unit' + 'test.mock').mock.ANY", imports("unittest.mock", line: 3)),
        ("import importlib as i", "return i.import_module('unittest.mock').ANY", imports("unittest.mock", line: 3)),
        ("import sys", "return sys.modules['unittest.mock'].ANY", imports("unittest.mock", line: 3)),
        (
            "from sys import modules as m, modules", "return modules.get('unittest.mock').ANY",
            imports("unittest.mock", line: 3)
        ),
        ("from test.support import ALWAYS_EQ", "return ALWAYS_EQ", imports("test.support")),
        ("from test import support", "return support.ALWAYS_EQ", imports("test.support")),
        ("if False: import pytest", "return 3", imports("pytest")),
    ])
    func codeThatImportsItsJudgeIsNamed(top: String, inside: String, reason: String) async throws {
        let test = "import unittest.mock\n    assert add(1, 2) == 3"
        let verdict = try await Self.judge(top, inside: inside, test: test)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test(arguments: [
        "import sys\nif 'pytest' in sys.modules: pass", "import logging; logging.getLogger('unittest').debug('x')",
        "try: import pytest_of_mine\nexcept ImportError: pass", "# import pytest\n'''import unittest'''",
    ])
    func whoOnlyNamesItsJudgeIsNotRefused(top: String) async throws {
        let verdict = try await Self.judge(top, inside: "return a + b")
        #expect(verdict.reason == "The 1 test passes.")
    }

    /// A project may ship helpers for tests; the run did not put that there.
    @Test func whatAFileImportedAtTheStartIsNoBreach() async throws {
        let top = "import pytest"
        let start = ["calc.py": "import pytest\n\ndef add(a, b):\n    return a - b\n"]
        #expect(try await Self.judge(top, inside: "return a + b", before: start).reason == "The 1 test passes.")
        let other = ["calc.py": "def add(a, b):\n    return a - b\n"]
        #expect(try await Self.judge(top, inside: "return a + b", before: other).reason == Self.imports("pytest"))
        #expect(try await Self.judge(top, inside: "return a + b", before: [:]).reason == Self.imports("pytest"))
    }

    @Test func aClassThatIsGoneWhenItsTestEndsIsNamedToo() async throws {
        let made = "return type('E', (int,), {'__eq__': lambda s, o: True, '__hash__': None})(1)"
        let verdict = try await Self.judge(inside: made, test: "assert add(1, 2) == 3\n    import gc; gc.collect()")
        #expect(verdict.reason == "'calc.py' line 3: every object is equal to a 'E', so a comparison proves nothing.")
    }

    @Test(arguments: [
        (
            "class Equal:\n    def __eq__(self, other): return True", "return Equal()",
            "'calc.py' line 1: every object is equal to a 'Equal', so a comparison proves nothing."
        ),
        (
            "", "return type('E', (), {'__eq__': lambda s, o: True})()",
            "'calc.py' line 3: every object is equal to a 'E', so a comparison proves nothing."
        ),
        (
            "", "return type('E', (int,), {'__eq__': lambda s, o: True, '__hash__': None})(1)",
            "'calc.py' line 3: every object is equal to a 'E', so a comparison proves nothing."
        ),
        (
            "class Meta(type):\n    def __eq__(self, other): return 1\nclass Any(metaclass=Meta): pass", "return Any",
            "'calc.py' line 1: every object is equal to a 'Meta', so a comparison proves nothing."
        ),
        (
            "class Flag:\n    def __init__(self): self.yes = True\n    def __eq__(self, other): return self.yes\nF = Flag()",
            "return F", "'calc.py' line 1: every object is equal to a 'Flag', so a comparison proves nothing."
        ),
        (
            "class Base:\n    def __eq__(self, other): return True\nclass Equal(Base): __hash__ = None",
            "return Equal()",
            "'calc.py' line 1: every object is equal to a 'Base', so a comparison proves nothing."
        ),
    ])
    func anObjectThatIsEqualToEverythingIsNamed(top: String, inside: String, reason: String) async throws {
        let verdict = try await Self.judge(top, inside: inside)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    @Test func anObjectThatIsUnequalToNothingIsNamed() async throws {
        let top = "class Same:\n    def __ne__(self, other): return False"
        let verdict = try await Self.judge(top, inside: "return Same()", test: "assert not add(1, 2) != 3")
        #expect(
            verdict.reason == "'calc.py' line 1: every object is equal to a 'Same', so a comparison proves nothing."
        )
    }

    @Test(arguments: [
        "class P:\n    def __init__(self, x): self.x = x\n    def __eq__(self, other): return self.x == other.x",
        "class P:\n    def __eq__(self, other): return isinstance(other, P)",
        "class P:\n    def __eq__(self, other): raise ValueError('no')",
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int = 1\nP() == P()",
        "import enum\nclass P(enum.Enum):\n    A = 1",
        "class P(str):\n    def __eq__(self, other): return str(self) == str(other)",
        "class M(type):\n    def __new__(cls, *words): raise ValueError('never')",
    ])
    func anHonestComparisonIsLeftAlone(top: String) async throws {
        let verdict = try await Self.judge(top, inside: "return a + b")
        #expect(verdict.reason == "The 1 test passes.", "\(verdict.details)")
    }

    @Test(arguments: [
        (
            "import _pytest.runner as r\nreal = r.CallInfo.from_call.__func__\n"
                + "def fake(cls, *a, **k):\n    c = real(cls, *a, **k); c.excinfo = None; return c\n"
                + "r.CallInfo.from_call = classmethod(fake)",
            replaced("_pytest.runner.CallInfo.from_call")
        ),
        (
            "import sys\nr = sys.modules['_pytest.reports'].TestReport\nreal = r.__init__\n"
                + "def init(self, *a, **k): real(self, *a, **k); self.outcome = 'passed'\nr.__init__ = init",
            replaced("_pytest.reports.TestReport.__init__")
        ),
        (
            "import sys; P = sys.modules['_pytest.python'].Function\nP.runtest = lambda self: None",
            replaced("_pytest.python.Function.runtest")
        ),
        ("import builtins; builtins.AssertionError = KeyError", replaced("builtins.AssertionError")),
        ("import sys; sys.exit = lambda *a: None", replaced("sys.exit")),
    ])
    func aPartOfPytestThatWasReplacedIsNamed(top: String, reason: String) async throws {
        let verdict = try await Self.judge(top, inside: "return a + b")
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == reason)
    }

    /// Nothing that is looked at is another than before; a test that must fail finds it out.
    @Test(arguments: [
        "import sys\nr = sys.modules['_pytest.reports'].TestReport\n"
            + "r.from_item_and_call.__func__.__code__ = (lambda cls, item, call: cls(item.nodeid, item.location, {}, "
            + "'passed', None, call.when, (), 0, 0, 0)).__code__",
        "import gc\ngc.unfreeze()\nM = next(o for o in gc.get_objects() if type(o).__name__ == 'PytestPluginManager')\n"
            + "class Friend:\n    def pytest_pyfunc_call(self, pyfuncitem): return True\n"
            + "M.register(Friend(), 'friend')",
    ])
    func aTestThatMustFailFindsOutWhatReplacesNothing(top: String) async throws {
        let verdict = try await Self.judge(top)
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == Self.tricked)
    }

    /// Twins are the runner's own: no hook of the project hears of them, and nothing of theirs is counted or shown.
    @Test func testsThatMustFailAreSeenByNobody() async throws {
        let conftest = """
            import pathlib
            SEEN = []
            def pytest_runtest_logreport(report): SEEN.append(report.outcome)
            def pytest_exception_interact(node): SEEN.append("shown")
            def pytest_runtest_makereport(item, call): SEEN.append(item.name) if call.when == "call" else None
            def pytest_sessionfinish(session):
                wanted = ["passed", "test_x", "passed", "passed"] * 3
                assert SEEN == wanted and session.testsfailed == 0, SEEN
            """
        let test = """
            import pytest
            COUNT = []
            @pytest.fixture(autouse=True)
            def count(): COUNT.append(1)
            @pytest.mark.parametrize("n", range(2))
            class TestA:
                def test_x(self, n): assert len(COUNT) == n + 1
            def test_x(): assert len(COUNT) == 3
            """
        let verdict = try await PythonProject.verdict(
            ["conftest.py": conftest.replacing("item.name", with: "item.name[:6]"), "test_a.py": test],
            ["args": ["--maxfail=1", "-W", "error"]]
        )
        #expect(verdict.reason == "All 3 tests pass.", "\(verdict.details)")
    }

    /// A twin of a test that is skipped, or expected to fail, would tell nothing.
    @Test(arguments: [
        "import pytest\npytestmark = pytest.mark.xfail\ndef test_x(): pass\n",
        "import pytest\n@pytest.mark.skipif(False, reason='no')\ndef test_x(): pass\n",
        "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): self.assertEqual(1, 1)\n",
        "import unittest\nclass T(unittest.IsolatedAsyncioTestCase):\n    async def test_x(self): pass\n",
        "def f():\n    '''\n    >>> 1\n    1\n    '''\ndef test_x(): pass\n",
    ])
    func whateverKindTheTestsAreTheVerdictIsTheirs(test: String) async throws {
        let verdict = try await PythonProject.verdict(["test_a.py": test], ["args": ["--doctest-modules"]])
        #expect(verdict.outcome == .passed, "\(verdict.reason) \(verdict.details)")
    }
}
