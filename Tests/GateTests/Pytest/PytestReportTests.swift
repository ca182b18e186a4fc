import Foundation
import PipelineKit
import Testing

@testable import TestsGate

/// Every shape of test that pytest knows, as cases.
@Suite(.serialized) struct PytestReportTests {
    @Test func everyKindOfTestKeepsItsNodeID() async throws {
        let verdict = try await PythonProject.verdict([
            "pkg.dir/test_odd.py": "def test_dotted_directory():\n    pass\n",
            "tests/base.py": "class Shared:\n    def test_inherited(self):\n        pass\n",
            "tests/__init__.py": "",
            "tests/test_all.py": """
            import unittest
            import pytest
            from tests.base import Shared

            class TestA:
                class TestB:
                    def test_deep(self):
                        pass

            class TestShared(Shared):
                pass

            class Old(unittest.TestCase):
                def test_style(self):
                    self.assertEqual(1, 1)

            @pytest.mark.parametrize("x", ["a.b", "c::d", "é", "a/b[0]", "", "\\n\\x00", "<&\\">"])
            def test_odd(x):
                pass
            """,
        ])
        #expect(verdict.reason == "All 11 tests pass.")
        #expect(
            verdict.cases.map(\.id) == [
                "pkg.dir/test_odd.py::test_dotted_directory",
                "tests/test_all.py::TestA::TestB::test_deep",
                "tests/test_all.py::TestShared::test_inherited",
                "tests/test_all.py::Old::test_style",
                "tests/test_all.py::test_odd[a.b]",
                "tests/test_all.py::test_odd[c::d]",
                #"tests/test_all.py::test_odd[\xe9]"#,
                "tests/test_all.py::test_odd[a/b[0]]",
                "tests/test_all.py::test_odd[]",
                #"tests/test_all.py::test_odd[\n\x00]"#,
                #"tests/test_all.py::test_odd[<&">]"#,
            ]
        )
    }

    @Test func outcomesAreThoseOfPytest() async throws {
        let verdict = try await PythonProject.verdict([
            "test_a.py": """
            import pytest, warnings

            @pytest.fixture
            def broken():
                raise RuntimeError("no set-up")

            @pytest.fixture
            def messy():
                yield
                raise RuntimeError("no tear-down")

            def test_setup(broken): pass
            def test_teardown(messy): pass
            def test_both(messy): assert 1 == 2

            @pytest.mark.xfail(reason="known")
            def test_xfail(): assert False

            @pytest.mark.xfail
            def test_xpass(): pass

            @pytest.mark.xfail(strict=True, reason="must fail")
            def test_strict(): pass

            def test_warns(): warnings.warn("old")
            """
        ])
        #expect(
            verdict.story == [
                "test_a.py::test_setup: error", "test_a.py::test_teardown: error", "test_a.py::test_both: failed",
                "test_a.py::test_xfail: skipped", "test_a.py::test_xpass: passed", "test_a.py::test_strict: failed",
                "test_a.py::test_warns: passed",
            ]
        )
        #expect(verdict.cases.map(\.message)[3] == "known")
        #expect(verdict.cases[2].message.contains("assert 1 == 2"))
        #expect(verdict.cases[5].message == "[XPASS(strict)] must fail")
        #expect(verdict.score == 2.0 / 6)
        // An assertion says more than a broken set-up, so it comes first.
        #expect(verdict.details.hasPrefix("test_a.py::test_both\n"))
    }

    @Test func aSubtestThatFailsFailsItsTest() async throws {
        let verdict = try await PythonProject.verdict([
            "test_a.py": """
            import unittest

            class Old(unittest.TestCase):
                def test_parts(self):
                    for i in range(3):
                        with self.subTest(i=i):
                            self.assertNotEqual(i, 1)
            """
        ])
        #expect(verdict.story == ["test_a.py::Old::test_parts: failed"])
    }

    @Test func thousandsOfTestsKeepTheirOrderAndNames() async throws {
        let verdict = try await PythonProject.verdict([
            "test_many.py": """
            import pytest

            @pytest.mark.parametrize("n", range(3000))
            def test_n(n):
                assert n % 30 != 1, "x" * 4000
            """
        ])
        #expect(verdict.cases.map(\.id) == (0..<3000).map { "test_many.py::test_n[\($0)]" })
        #expect(verdict.cases.map(\.outcome) == (0..<3000).map { $0 % 30 == 1 ? .failed : .passed })
        #expect(verdict.score == 2900.0 / 3000)
        let names = [1, 31, 61, 91, 121].map { "test_many.py::test_n[\($0)]" }.joined(separator: ", ")
        #expect(verdict.reason == "100 of 3000 tests fail: \(names) and 95 more.")
        #expect(verdict.cases.reduce(0) { $0 + $1.message.utf8.count } < 300_000)
        #expect(verdict.details.utf8.count < 12_100)
        #expect(verdict.details.hasSuffix(" more failing tests are left out]\n"))
    }

    @Test func aFloodOfOutputHarmsNothing() async throws {
        let verdict = try await PythonProject.verdict(
            ["test_a.py": "import os\n\ndef test_x():\n    for _ in range(30): os.write(1, b'x' * 100_000)\n"],
            ["args": ["-s"]]
        )
        #expect(verdict.reason == "The 1 test passes.")
    }

    @Test func outputThatIsNoTextHarmsNothing() async throws {
        let verdict = try await PythonProject.verdict([
            "test_a.py": """
            import os

            def test_x():
                os.write(1, b"\\xff\\xfe\\x00")
                assert "\\ud800\\x1b" == b"\\xff".decode("latin-1")
            """
        ])
        #expect(verdict.story == ["test_a.py::test_x: failed"])
        #expect(verdict.cases[0].message.contains("AssertionError") || verdict.cases[0].message.contains("assert "))
    }

    @Test func theProjectsOwnConfigurationIsHonoured() async throws {
        let verdict = try await PythonProject.verdict([
            "pyproject.toml": """
            [tool.pytest.ini_options]
            addopts = "--last-failed -q"
            python_files = "check_*.py"
            pythonpath = "src"
            """,
            "src/calc.py": "def add(a, b):\n    return a + b\n",
            "checks/check_calc.py": "import calc\n\ndef test_add():\n    assert calc.add(1, 1) == 2\n",
            "test_other.py": "def test_x():\n    assert False\n",
        ])
        #expect(verdict.story == ["checks/check_calc.py::test_add: passed"])
    }

    @Test func nothingIsWrittenIntoTheTree() async throws {
        try await PythonProject.with(["test_a.py": "def test_x():\n    pass\n"]) { project in
            _ = try await project.check()
            #expect(try FileManager.default.contentsOfDirectory(atPath: project.tree) == ["test_a.py"])
        }
    }
}
