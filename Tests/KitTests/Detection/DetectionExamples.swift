import Testing

/// A small project, and what is said of it.
struct DetectionExample: Sendable, CustomTestStringConvertible {
    var gate: String
    var files: [String: String]
    /// The first line.
    var line: String
    /// The goal as it is written.
    var goal: String
    var testDescription: String { "\(gate): \(files.keys.sorted())" }

    init(_ gate: String, _ files: [String: String], _ line: String, goal: String? = nil) {
        self.gate = gate
        self.files = files
        self.line = line
        self.goal = goal ?? gate
    }

    private static let plain = "def test_add():\n    assert 1 + 1 == 2\n"
    private static let cases = "import unittest\n\nclass T(unittest.TestCase):\n    def test_add(self):\n        pass\n"
    private static func script(_ line: String) -> String { "{\"name\": \"a\", \"scripts\": {\"test\": \"\(line)\"}}" }

    static let all = python + native + managed + node

    private static let python: [DetectionExample] = [
        .init(
            "pytest",
            ["pyproject.toml": "[project]\nname = 'a'\n\n[tool.pytest.ini_options]\n", "tests/test_a.py": plain],
            "Found tests/ and [tool.pytest.ini_options] in pyproject.toml: the goal is pytest."
        ),
        .init("pytest", ["calc.py": "", "tests/test_a.py": plain], "Found tests/: the goal is pytest."),
        .init("pytest", ["test_a.py": plain], "Found test_a.py: the goal is pytest."),
        .init(
            "pytest",
            ["setup.cfg": "[metadata]\n[ tool:pytest ]\n", "conftest.py": "", "pytest.ini": ""],
            "Found pytest.ini, conftest.py and [tool:pytest] in setup.cfg: the goal is pytest."
        ),
        .init("pytest", ["tox.ini": "[tox]\n[pytest]\n"], "Found [pytest] in tox.ini: the goal is pytest."),
        .init(
            "pytest",
            ["requirements.txt": "pytest\n", "app/models/test_models.py": plain],
            "Found app/models/test_models.py: the goal is pytest."
        ),
        .init(
            "pytest",
            ["tests/test_a.py": cases, "tests/test_b.py": plain],
            "Found tests/: the goal is pytest."
        ),
        .init(
            "unittest",
            ["tests/__init__.py": "", "tests/test_a.py": cases],
            "Found tests/ and 'import unittest' in tests/test_a.py: the goal is unittest."
        ),
        .init(
            "unittest",
            ["tests/test_a.py": cases],
            "Found tests/ and 'import unittest' in tests/test_a.py: the goal is unittest.",
            goal: "{ gate: unittest, with: { paths: [tests] } }"
        ),
    ]

    private static let native: [DetectionExample] = [
        .init(
            "cargo-test",
            ["Cargo.toml": "[package]\nname = \"a\"\n", "tests/a.rs": "", "src/lib.rs": ""],
            "Found [package] in Cargo.toml and tests/: the goal is cargo-test."
        ),
        .init(
            "cargo-test",
            ["Cargo.toml": "[workspace]\nmembers = [\"a\"]\n", "a/Cargo.toml": "[package]\nname = \"a\"\n"],
            "Found [workspace] in Cargo.toml: the goal is cargo-test."
        ),
        .init(
            "go-test",
            ["go.mod": "module a\n", "in/a_test.go": ""],
            "Found go.mod and in/a_test.go: the goal is go-test."
        ),
        .init(
            "swift-test",
            [
                "Package.swift":
                    "// .testTarget(\nlet p = Package(\"https://a\", targets: [.testTarget(name: \"T\")]) // x\n"
            ],
            "Found .testTarget in Package.swift: the goal is swift-test."
        ),
        .init(
            "ctest",
            ["CMakeLists.txt": "project(a C)\nEnable_Testing( )\nadd_test(NAME a COMMAND a)\n"],
            "Found enable_testing() in CMakeLists.txt: the goal is ctest."
        ),
        .init(
            "ctest",
            ["CMakeLists.txt": "include (CTest)\n"],
            "Found include(CTest) in CMakeLists.txt: the goal is ctest."
        ),
        .init(
            "make-test",
            ["Makefile": "all: a\n\t./a\n.PHONY: all test\nlint test: all\n\t./a --test\n"],
            "Found the target 'test' in Makefile: the goal is make-test."
        ),
        .init(
            "make-test",
            ["Makefile": "test:\n", "GNUmakefile": "test := 1\ncheck::\n\ttrue\n"],
            "Found the target 'check' in GNUmakefile: the goal is make-test.",
            goal: "{ gate: make-test, with: { target: check } }"
        ),
    ]

    private static let managed: [DetectionExample] = [
        .init(
            "maven",
            ["pom.xml": "<project/>", "src/test/java/ATest.java": ""],
            "Found pom.xml and src/test/: the goal is maven."
        ),
        .init("gradle", ["settings.gradle.kts": ""], "Found settings.gradle.kts: the goal is gradle."),
        .init(
            "dotnet-test",
            ["A.sln": "", "tests/A.Tests/A.Tests.csproj": "<PackageReference Include=\"Microsoft.NET.Test.Sdk\" />"],
            "Found A.sln and Microsoft.NET.Test.Sdk in tests/A.Tests/A.Tests.csproj: the goal is dotnet-test."
        ),
    ]

    private static let node: [DetectionExample] = [
        .init(
            "npm-test",
            ["package.json": script("jest --ci  --coverage")],
            "Found the script 'test' in package.json, 'jest --ci --coverage': the goal is npm-test."
        ),
        .init(
            "npm-test",
            ["package.json": script("tsc && vitest run"), "vitest.config.ts": ""],
            "Found the script 'test' in package.json, 'tsc && vitest run': the goal is npm-test."
        ),
        .init(
            "vitest",
            ["package.json": script("vitest run"), "vitest.config.ts": ""],
            "Found the script 'test' in package.json, 'vitest run' and vitest.config.ts: the goal is vitest."
        ),
        .init(
            "vitest",
            ["package.json": "{\"devDependencies\": {\"vitest\": \"3\"}}"],
            "Found 'vitest' in package.json: the goal is vitest."
        ),
        .init(
            "node-test",
            ["package.json": script("node --test")],
            "Found the script 'test' in package.json, 'node --test': the goal is node-test."
        ),
        .init(
            "node-test",
            [
                "package.json": script("echo \\\"Error: no test specified\\\" && exit 1"),
                "test/a.test.js": "import test from 'node:test'\n",
            ],
            "Found package.json and 'node:test' in test/a.test.js: the goal is node-test."
        ),
        .init(
            "bun-test",
            ["package.json": script("bun test")],
            "Found the script 'test' in package.json, 'bun test': the goal is bun-test."
        ),
        .init(
            "bun-test",
            ["package.json": "{\"name\": \"a\"}", "bun.lock": "", "src/a.test.ts": ""],
            "Found bun.lock and src/a.test.ts: the goal is bun-test."
        ),
    ]
}
