import Testing

@testable import DetectionKit

/// Several projects in one directory tree.
struct MonorepoTests {
    private static let files = [
        "services/api/go.mod": "module api\n", "services/api/main_test.go": "",
        "services/worker/pyproject.toml": "[tool.pytest.ini_options]\n", "services/worker/tests/test_a.py": "",
        "web/package.json": "{\"workspaces\": [\"packages/*\"], \"scripts\": {\"test\": \"vitest run\"}}",
        "web/packages/a/package.json": "{\"scripts\": {\"test\": \"vitest run\"}}", "web/eslint.config.js": "",
        "web/packages/a/eslint.config.js": "", "tools/Cargo.toml": "[workspace]\n", "tools/a/Cargo.toml": "[package]\n",
        "services/api/Makefile": "check:\n\tgo test ./...\n",
    ]

    @Test func eachHasItsGoalInItsDirectory() {
        let detection = Detection(ProjectTree(Self.files))
        #expect(
            detection.lines == [
                "Found 4 projects; the goal is that the tests of all of them pass:",
                "  tools            cargo-test  [workspace] in Cargo.toml",
                "  web              vitest      the script 'test' in package.json, 'vitest run'",
                "  services/api     go-test     go.mod and main_test.go",
                "  services/worker  pytest      tests/ and [tool.pytest.ini_options] in pyproject.toml",
                "Could be goals, too: npm-test in web (the script 'test' in package.json, 'vitest run'), "
                    + "make-test in services/api (the target 'check' in Makefile), eslint in web (eslint.config.js).",
            ]
        )
        #expect(
            DetectedPipeline(detection).text == """
                name: all-tests
                description: Work on the code until its tests pass, without touching them.
                goal:
                  all:
                    - { gate: cargo-test, with: { directory: tools } }   # [workspace] in Cargo.toml
                    - { gate: vitest, with: { directory: web } }   # the script 'test' in package.json, 'vitest run'
                    - { gate: go-test, with: { directory: services/api } }   # go.mod and main_test.go
                    - { gate: pytest, with: { directory: services/worker } }   # tests/ and [tool.pytest.ini_options] in \
                pyproject.toml

                """
        )
    }

    @Test func aMakefileAtTheTopSaysHowAllOfItIsTested() {
        var files = Self.files
        files["Makefile"] = "test:\n\t./all\n"
        let detection = Detection(ProjectTree(files))
        #expect(
            detection.lines == [
                "Found the target 'test' in Makefile: the goal is make-test.",
                "make-test is taken to test what is below, too: cargo-test in tools, vitest in web, go-test in services/api, "
                    + "pytest in services/worker, cargo-test in tools/a, vitest in web/packages/a.",
                "Could be goals, too: eslint in web (eslint.config.js).",
            ]
        )
    }

    @Test func aProjectBelowAnotherOfItsKindIsAPartOfItOrNot() {
        let package = "[package]\nname = \"a\"\n"
        let apart = Detection(ProjectTree(["Cargo.toml": package, "b/Cargo.toml": package]))
        #expect(apart.projects.map(\.directory) == ["", "b"])
        let together = Detection(ProjectTree(["Cargo.toml": "[workspace]\n" + package, "b/Cargo.toml": package]))
        #expect(together.projects.map(\.directory) == [""])
        let both = Detection(
            ProjectTree(["tests/test_a.py": "", "b/package.json": "{\"scripts\": {\"test\": \"x\"}}"])
        )
        #expect(both.projects.map(\.goal.gate) == ["pytest", "npm-test"])
        #expect(both.lines[1] == "  .  pytest    tests/")
    }

    @Test func oneProjectBelowIsSaidWithItsPlace() {
        let detection = Detection(ProjectTree(["a b/go.mod": "", "a b/x_test.go": ""]))
        #expect(detection.lines == ["Found go.mod and x_test.go in a b: the goal is go-test there."])
        #expect(detection.projects.map(\.directory) == ["a b"])
        let text = DetectedPipeline(detection).text
        #expect(text.hasSuffix("\ngoal: { gate: go-test, with: { directory: \"a b\" } }\n"))
    }

    @Test func ofTooManyAPersonDecides() {
        let files = (1...14).map { ("p\($0)/Makefile", "test:\n") }
        let detection = Detection(ProjectTree(Dictionary(uniqueKeysWithValues: files)))
        #expect(detection.projects.count == 14 && Detection.mostGoals == 12)
        #expect(
            detection.tooMany(in: ".") == [
                "Found 14 projects in '.', more than the 12 of which a run makes a goal:",
                "  make-test in p1, make-test in p10, make-test in p11, make-test in p12, make-test in p13, make-test in p14, "
                    + "make-test in p2, make-test in p3, make-test in p4, make-test in p5, make-test in p6, make-test in p7 "
                    + "and 2 more.",
            ]
        )
    }
}
