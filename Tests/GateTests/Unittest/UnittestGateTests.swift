import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// Whole suites, run by a real Python.
@Suite(.serialized) struct UnittestGateTests {
    static func verdict(_ files: [String: String], _ settings: JSONValue = [:]) async throws -> Verdict {
        try await withTemporaryWorkspace(files) { workspace in
            try await withTemporaryWorkspace { scratch in
                var members = settings.members
                if members["python"] == nil { members["python"] = .string(try PythonProject.python()) }
                let gate = try UnittestGate(settings: UnittestGate.Settings(json: .object(members)))
                return try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
            }
        }
    }

    /// A file of tests with one class.
    static func suite(_ body: String, _ top: String = "") -> String {
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        return "import unittest\n\(top)\nclass T(unittest.TestCase):\n\(lines)"
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: UnittestGate.self,
            settings: ["python": .string(PythonProject.python())],
            files: ["test_a.py": Self.suite("def test_x(self): pass")]
        )
    }

    @Test func aPassingSuiteHolds() async throws {
        let verdict = try await Self.verdict([
            "calc.py": "def add(a, b):\n    return a + b\n",
            "tests/__init__.py": "",
            "tests/test_calc.py": Self.suite(
                "def test_add(self):\n    self.assertEqual(add(1, 2), 3)",
                "from calc import add"
            ),
        ])
        #expect(verdict.outcome == .passed, "\(verdict.reason) \(verdict.details)")
        #expect(verdict.reason == "The 1 test passes.")
        #expect(verdict.score == 1)
        #expect(verdict.story == ["tests/test_calc.py::T::test_add: passed"])
        #expect(verdict.cases.first?.file == "tests/test_calc.py")
        #expect(verdict.cases.first?.line == 4)
        #expect(verdict.cases.first?.seconds != nil)
        #expect(verdict.details.isEmpty)
    }

    @Test func aFailingSuiteNamesItsTestsAndTheirAssertions() async throws {
        let verdict = try await Self.verdict([
            "calc.py": "def add(a, b):\n    return a - b\n\ndef broken():\n    return {}['x']\n",
            "test_calc.py": """
            import unittest
            from calc import add, broken

            class CalcTests(unittest.TestCase):
                def test_add(self):
                    self.assertEqual(add(1, 2), 3)

                def test_broken(self):
                    broken()

                def test_nothing(self):
                    self.assertEqual(add(0, 0), 0)

                @unittest.skip("later")
                def test_skipped(self):
                    pass
            """,
        ])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "2 of 3 tests fail: test_calc.py::CalcTests::test_add, test_calc.py::CalcTests::test_broken; 1 is skipped."
        )
        #expect(
            verdict.story == [
                "test_calc.py::CalcTests::test_add: failed", "test_calc.py::CalcTests::test_broken: failed",
                "test_calc.py::CalcTests::test_nothing: passed", "test_calc.py::CalcTests::test_skipped: skipped",
            ]
        )
        #expect(verdict.cases.map(\.line) == [6, 9, 11, 14])
        #expect(verdict.cases[3].message == "later")
        #expect(
            verdict.details == """
                test_calc.py::CalcTests::test_add
                test_calc.py:6: in test_add
                    self.assertEqual(add(1, 2), 3)
                AssertionError: -1 != 3

                test_calc.py::CalcTests::test_broken
                test_calc.py:9: in test_broken
                    broken()
                calc.py:5: in broken
                    return {}['x']
                KeyError: 'x'

                """
        )
    }

    @Test func everyKindOfEndHasItsOutcome() async throws {
        let verdict = try await Self.verdict([
            "test_a.py": """
            import unittest

            class Kinds(unittest.TestCase):
                @unittest.expectedFailure
                def test_expected(self): self.assertEqual(1, 2)

                @unittest.expectedFailure
                def test_unexpected(self): pass

                def test_parts(self):
                    for i in range(4):
                        with self.subTest(i=i): self.assertNotIn(i, [1, 3])

                def test_part_skipped(self):
                    with self.subTest(i=1): self.skipTest("no")

            class Broken(unittest.TestCase):
                def setUp(self): raise RuntimeError("no set-up")
                def test_x(self): pass

            class ClassBroken(unittest.TestCase):
                @classmethod
                def setUpClass(cls): raise RuntimeError("no class")
                def test_x(self): pass
                def test_y(self): pass

            class ClassSkipped(unittest.TestCase):
                @classmethod
                def setUpClass(cls): raise unittest.SkipTest("not here")
                def test_x(self): pass

            class Torn(unittest.TestCase):
                @classmethod
                def tearDownClass(cls): raise RuntimeError("no end")
                def test_x(self): pass

            class Waiting(unittest.IsolatedAsyncioTestCase):
                async def test_x(self): self.assertTrue(True)
            """
        ])
        #expect(
            verdict.story == [
                "test_a.py::Broken::test_x: error", "test_a.py::ClassBroken::test_x: error",
                "test_a.py::ClassBroken::test_y: error", "test_a.py::ClassSkipped::test_x: skipped",
                "test_a.py::Kinds::test_expected: skipped", "test_a.py::Kinds::test_part_skipped: skipped",
                "test_a.py::Kinds::test_parts: failed", "test_a.py::Kinds::test_unexpected: failed",
                "test_a.py::Torn::test_x: passed", "test_a.py::Torn::tearDownClass: error",
                "test_a.py::Waiting::test_x: passed",
            ]
        )
        let messages = Dictionary(uniqueKeysWithValues: verdict.cases.map { ($0.id.dropFirst(11), $0.message) })
        #expect(messages["Kinds::test_expected"] == "It is expected to fail: AssertionError: 1 != 2")
        #expect(messages["Kinds::test_unexpected"] == "It is expected to fail, but passed.")
        #expect(messages["ClassSkipped::test_x"] == "not here")
        let setUp =
            "setUpClass\ntest_a.py:23: in setUpClass\n    def setUpClass(cls): raise RuntimeError(\"no class\")\n"
        #expect(messages["ClassBroken::test_y"] == setUp + "RuntimeError: no class")
        #expect(
            messages["Kinds::test_parts"] == """
                (i=1)
                test_a.py:12: in test_parts
                    with self.subTest(i=i): self.assertNotIn(i, [1, 3])
                AssertionError: 1 unexpectedly found in [1, 3]
                (i=3)
                test_a.py:12: in test_parts
                    with self.subTest(i=i): self.assertNotIn(i, [1, 3])
                AssertionError: 3 unexpectedly found in [1, 3]
                """
        )
    }

    @Test func aModuleThatCannotBeImportedIsACase() async throws {
        let verdict = try await Self.verdict([
            "tests/__init__.py": "",
            "tests/test_bad.py": "import no_such_module\n",
            "tests/test_good.py": Self.suite("def test_x(self): pass"),
            "tests/test_later.py": "import unittest\nraise unittest.SkipTest('later')\n",
            "tests/test_syntax.py": "def test_x(:\n",
        ])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == "2 of 3 tests fail: tests/test_bad.py, tests/test_syntax.py; 1 is skipped."
        )
        #expect(verdict.cases.first { $0.id == "tests/test_bad.py" }?.file == "tests/test_bad.py")
        #expect(verdict.details.contains("ModuleNotFoundError: No module named 'no_such_module'"))
        #expect(verdict.details.contains("SyntaxError"))
    }

    @Test(arguments: [
        ("import os; os.abort()", "was ended by SIGABRT"),
        ("import ctypes; ctypes.string_at(0)", "was ended by SIGSEGV"),
        ("import os; os._exit(0)", "exited with 0"),
        ("raise KeyboardInterrupt", "was ended by signal 2"),
    ])
    func aCrashNamesTheTest(crash: String, end: String) async throws {
        let body = "def test_a(self): pass\ndef test_crash(self):\n    \(crash)\ndef test_z(self): pass"
        let verdict = try await Self.verdict(["test_a.py": Self.suite(body)])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "unittest \(end) before all tests had run, while 'test_a.py::T::test_crash' ran.")
        #expect(verdict.story == ["test_a.py::T::test_a: passed"])
    }

    @Test func aHangNamesTheTestThatRan() async throws {
        let files = ["test_a.py": Self.suite("def test_hang(self):\n    import time\n    time.sleep(600)")]
        await #expect(
            throws: Failure(
                .timedOut,
                "unittest was still running after 30s and was ended, while 'test_a.py::T::test_hang' ran."
            )
        ) { _ = try await Self.verdict(files, ["timeout": "30s"]) }
    }

    @Test func anEmptySuiteDoesNotHold() async throws {
        let verdict = try await Self.verdict(["tests/test_a.py": Self.suite("def test_x(self): pass")])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == """
                No test ran: there is no test in files 'test*.py' of the workspace. Directories below are searched when \
                they hold an '__init__.py'; name others in 'paths:'.
                """
        )
        let named = try await Self.verdict(
            ["tests/test_a.py": Self.suite("def test_x(self): pass")],
            ["paths": ["tests"]]
        )
        #expect(named.story == ["tests/test_a.py::T::test_x: passed"])
    }

    @Test func aSuiteOfSkipsDoesNotHold() async throws {
        let verdict = try await Self.verdict(["test_a.py": Self.suite("def test_x(self): self.skipTest('no')")])
        #expect(verdict.reason == "No test passed; 1 is skipped.")
    }

    @Test func pathsPatternAndDirectorySayWhatIsRun() async throws {
        let suite = Self.suite("def test_x(self): import helper", "")
        let files = [
            "app/helper.py": "", "app/test/__init__.py": "", "app/test/check_a.py": suite,
            "app/test/check_b.py": suite, "app/more/check_c.py": suite,
        ]
        let settings: JSONValue = ["directory": "app", "pattern": "check_*.py"]
        let all = try await Self.verdict(files, settings)
        #expect(all.story == ["app/test/check_a.py::T::test_x: passed", "app/test/check_b.py::T::test_x: passed"])
        let some = try await Self.verdict(
            files,
            .object(settings.members.merging(["paths": ["test/check_b.py", "more"]]) { $1 })
        )
        #expect(some.story == ["app/test/check_b.py::T::test_x: passed", "app/more/check_c.py::T::test_x: passed"])
    }

    @Test func anInterpreterThatCannotRunIsToldOf() async throws {
        await #expect(throws: Failure(.unavailable, "'/bin/true' could not load unittest:")) {
            _ = try await Self.verdict([:], ["python": "/bin/true"])
        }
        await #expect(
            throws: Failure(.missing, "The interpreter 'python9' that 'python:' names was not found in PATH.")
        ) { _ = try await Self.verdict([:], ["python": "python9"]) }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (
                ["pattern": "tests/*.py"],
                "Field 'pattern' must be a pattern of file names, such as 'test*.py', but is 'tests/*.py'."
            ),
            (["paths": ["../a"]], "Field 'paths' must be relative to the workspace and in it, but is '../a'."),
            (["directory": "/a"], "Field 'directory' must be relative to the workspace and in it, but is '/a'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let read = try UnittestGate.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try UnittestGate(settings: read) }
    }

    @Test(
        arguments: [
            (["paths": ["tsts"]], "Field 'paths' names 'tsts', which is not there."),
            (["directory": "tsts"], "Field 'directory' names 'tsts', which is no directory of the workspace."),
        ] as [(JSONValue, String)]
    )
    func aPlaceThatIsNotThereIsNamed(settings: JSONValue, message: String) async throws {
        await #expect(throws: Failure(.invalidInput, message)) { _ = try await Self.verdict(["a.py": ""], settings) }
    }
}
