import Foundation
import Testing

@testable import DetectionKit

/// What a look at a project finds, and says.
struct DetectionTests {
    @Test(arguments: DetectionExample.all) func aProjectIsKnownByWhatIsInIt(example: DetectionExample) throws {
        try withDirectory(example.files) { directory in
            let detection = Detection(.onDisk(directory))
            #expect(detection == Detection(ProjectTree(example.files)))
            #expect(detection.lines.first == example.line)
            #expect(detection.projects.map(\.goal.gate) == [example.gate])
            let text = DetectedPipeline(detection).text
            #expect(
                text == """
                    name: \(example.gate)
                    description: Work on the code until its tests pass, without touching them.
                    goal: \(example.goal)

                    """
            )
        }
    }

    @Test func everyRunnerHasAnExample() {
        let shown = Set(DetectionExample.all.map(\.gate))
        #expect(shown == Set(Runner.tests.map(\.gate)))
        #expect(Runner.tests.count == shown.count)
    }

    @Test func whatASandboxHasToShowIsKnown() {
        #expect(Detection(ProjectTree(["go.mod": "", "a_test.go": ""])).fetched == [])
        let files = ["a/pom.xml": "", "b/pom.xml": "", "c/build.gradle": "", "d/D.csproj": "MSTest.Sdk"]
        #expect(Detection(ProjectTree(files)).fetched == ["~/.gradle/caches", "~/.m2", "~/.nuget/packages"])
    }

    @Test(
        arguments: [
            [:], ["README.md": "pytest"], ["Cargo.toml": "[profile.release]\n"], ["go.mod": "module a\n", "a.go": ""],
            ["go.mod": "module a\n", "b/go.mod": "module b\n", "vendor/c/c_test.go": ""],
            ["Package.swift": "let p = Package(targets: [.target(name: \"A\")]) // .testTarget(\n"],
            ["CMakeLists.txt": "project(a)\n# enable_testing()\n"], ["CMakeLists.txt": "add_test(a a)\n"],
            ["Makefile": "\ttest:\n# test:\n.PHONY: test\ntest = 1\ntest ?= 1\ntest := 1\ncheck ::= 2\ntest-all: a\n"],
            ["package.json": "{\"scripts\": {\"test\": \"echo \\\"Error: no test specified\\\" && exit 1\"}}"],
            ["package.json": "{\"scripts\": {\"test\": \"  \"}}"], ["package.json": "{\"scripts\": 1"],
            ["package.json": "[]"], ["pyproject.toml": "[tool.black]\n"], ["scripts/test_disk.py": ""],
            ["A.sln": "", "B.sln": "", "A.csproj": "MSTest.Sdk"], ["A.csproj": "<Project/>"],
            ["node_modules/a/package.json": "{\"scripts\": {\"test\": \"x\"}}"], [".a/go.mod": "", ".a/a_test.go": ""],
            ["tests/fixtures/a/Cargo.toml": "[package]\n"], ["examples/a/Makefile": "test:\n"],
            ["a/b/c/d/e/f/Makefile": "test:\n"],
        ] as [[String: String]]
    )
    func whatOnlyLooksLikeAProjectIsNone(files: [String: String]) {
        #expect(Detection(ProjectTree(files)).projects == [])
        #expect(Detection(ProjectTree(files)).lines == [])
    }

    @Test func ofSeveralInADirectoryTheFirstOfTheTableIsTheGoal() {
        let files = [
            "pyproject.toml": "[tool.pytest.ini_options]\n[tool.ruff]\n", "Makefile": "test:\n\tpytest\n",
            "mypy.ini": "",
            "package.json": "{\"scripts\": {\"test\": \"jest\"}}", "pyrightconfig.json": "{}", "eslint.config.mjs": "",
        ]
        let detection = Detection(ProjectTree(files))
        #expect(
            detection.lines == [
                "Found [tool.pytest.ini_options] in pyproject.toml: the goal is pytest.",
                "Could be goals, too: npm-test (the script 'test' in package.json, 'jest'), "
                    + "make-test (the target 'test' in Makefile), ruff ([tool.ruff] in pyproject.toml), mypy (mypy.ini), "
                    + "pyright (pyrightconfig.json), eslint (eslint.config.mjs).",
            ]
        )
        #expect(
            DetectedPipeline(detection).commentedGoal == """
                # Found [tool.pytest.ini_options] in pyproject.toml: the goal is pytest.
                goal: pytest
                # What else could be a goal. Several that must all hold: 'goal: { all: [pytest, ruff] }'.
                #   npm-test   # the script 'test' in package.json, 'jest'
                #   make-test   # the target 'test' in Makefile
                #   ruff   # [tool.ruff] in pyproject.toml
                #   mypy   # mypy.ini
                #   pyright   # pyrightconfig.json
                #   eslint   # eslint.config.mjs
                """
        )
    }

    @Test func whereNothingIsFoundItIsSaidWhatWasLookedFor() {
        let detection = Detection(ProjectTree(["ruff.toml": "", "web/.eslintrc.json": ""]))
        #expect(
            detection.nothing(in: "a") == [
                "Nothing in 'a' or below says how it is tested. Looked for",
                "  Cargo.toml with [package] or [workspace]", "  go.mod with *_test.go",
                "  Package.swift with .testTarget",
                "  pom.xml", "  build.gradle or settings.gradle", "  a solution or project of .NET that tests",
                "  a configuration of pytest, or tests of Python", "  tests of Python for unittest",
                "  vitest in package.json or its configuration", "  bun test", "  node --test",
                "  package.json with a script 'test'", "  CMakeLists.txt with enable_testing() or include(CTest)",
                "  Makefile with a target 'test' or 'check'",
                "Could be a goal: ruff (ruff.toml), eslint in web (.eslintrc.json).",
            ]
        )
    }
}

/// Hands over a directory with these files, and removes it.
func withDirectory<Value>(_ files: [String: String], _ body: (String) throws -> Value) throws -> Value {
    let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appending(component: "sluice-detection-\(UUID().uuidString)").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    for (path, text) in files {
        let file = URL(filePath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
    return try body(root)
}
