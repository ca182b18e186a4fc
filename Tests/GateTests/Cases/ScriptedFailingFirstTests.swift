import PipelineKit
import Testing

@testable import NodeGate
@testable import TestsGate

/// Runners of scripts are told the tests, or the files, that failed before; the others leave a trace when they run.
@Suite(.serialized) struct ScriptedFailingFirstTests {
    private static let python = ["python": JSONValue.string((try? PythonProject.python()) ?? "")]

    private static func pytest(_ sum: String) -> [String: String] {
        [
            "calc.py": "def add(a, b):\n    return \(sum)\n",
            "test_calc.py": """
            from calc import add

            def test_add():
                assert add(1, 2) == 3

            def test_zero():
                assert add(0, 0) == 0
            """,
            "test_more.py": "def test_more():\n    pass\n",
        ]
    }

    @Test func pytestIsToldTheTests() async throws {
        let settings = JSONValue.object(Self.python)
        let failed = ["test_calc.py::test_add"]
        let red = try await GateTrial.verdict(of: PytestGate.self, Self.pytest("a - b"), settings, failed: failed)
        #expect(
            red.reason
                == "The 1 test that failed before still fails: test_calc.py::test_add. The others were not run."
        )
        #expect(red.cases.map(\.id) == failed)
        let green = try await GateTrial.verdict(of: PytestGate.self, Self.pytest("a + b"), settings, failed: failed)
        #expect(green.reason == "All 3 tests pass.")
        let gone = try await GateTrial.verdict(
            of: PytestGate.self,
            Self.pytest("a + b"),
            settings,
            failed: ["no.py::t"]
        )
        #expect(gone.reason == "All 3 tests pass.")
    }

    private static func unittest(_ sum: String) -> [String: String] {
        let suite = { (name: String, line: String) in
            "import unittest\nfrom calc import add\n\n"
                + "class T(unittest.TestCase):\n    def \(name)(self):\n        \(line)\n"
        }
        return [
            "calc.py": "def add(a, b):\n    return \(sum)\n",
            "test_calc.py": suite("test_add", "self.assertEqual(add(1, 2), 3)"),
            "test_more.py": suite("test_zero", "self.assertEqual(add(0, 0), 0)"),
        ]
    }

    @Test func unittestIsToldTheFiles() async throws {
        let settings = JSONValue.object(Self.python)
        let failed = ["test_calc.py::T::test_add"]
        let red = try await GateTrial.verdict(of: UnittestGate.self, Self.unittest("a - b"), settings, failed: failed)
        #expect(
            red.reason
                == "The 1 test that failed before still fails: test_calc.py::T::test_add. The others were not run."
        )
        #expect(red.cases.map(\.id) == failed)
        let green = try await GateTrial.verdict(of: UnittestGate.self, Self.unittest("a + b"), settings, failed: failed)
        #expect(green.reason == "All 2 tests pass.")
    }

    private static func node(_ sum: String) -> [String: String] {
        let suite = { (name: String, line: String) in
            "const test = require('node:test');\nconst assert = require('node:assert');\n"
                + "const add = require('./calc');\ntest('\(name)', () => assert.strictEqual(\(line)));\n"
        }
        return [
            "calc.js": "module.exports = (a, b) => \(sum);\n", "calc.test.js": suite("adds", "add(1, 2), 3"),
            "more.test.js": suite("zero", "add(0, 0), 0"),
        ]
    }

    @Test func nodeIsToldTheFiles() async throws {
        let failed = ["calc.test.js::adds"]
        let red = try await GateTrial.verdict(of: NodeTestGate.self, Self.node("a - b"), failed: failed)
        #expect(
            red.reason == "The 1 test that failed before still fails: calc.test.js::adds. The others were not run."
        )
        #expect(red.cases.map(\.id) == failed)
        let green = try await GateTrial.verdict(of: NodeTestGate.self, Self.node("a + b"), failed: failed)
        #expect(green.reason == "All 2 tests pass.")
    }
}
