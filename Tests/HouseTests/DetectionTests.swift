import PipelineEngine
import PipelineKit
import Testing

@testable import DetectionKit

/// What detection writes is what the product reads.
struct DetectionHouseTests {
    private static let projects: [[String: String]] = [
        ["Cargo.toml": "[package]\n"], ["go.mod": "", "a_test.go": ""], ["Package.swift": ".testTarget("],
        ["pom.xml": ""], ["build.gradle": ""], ["A.csproj": "MSTest.Sdk"], ["pytest.ini": ""],
        ["tests/test_a.py": "import unittest\n"], ["package.json": "{\"dependencies\": {\"vitest\": \"1\"}}"],
        ["package.json": "{\"scripts\": {\"test\": \"bun test\"}}"],
        ["package.json": "{\"scripts\": {\"test\": \"node --test\"}}"],
        ["package.json": "{\"scripts\": {\"test\": \"jest\"}}"], ["CMakeLists.txt": "project(a)\nenable_testing()\n"],
        ["Makefile": "check:\n"],
    ]
    private static let directories = ["", "a/b", "a b", "${x}", "# c", "'é\"", "true", "1", "[d]: {e}", "\\", "~"]

    @Test func everyGateIsThereWithItsDirectory() {
        let found = Self.projects.flatMap { Detection(ProjectTree($0)).projects.map(\.goal.gate) }
        #expect(Set(found) == Set(Runner.tests.map(\.gate)))
        for gate in found + Runner.checks.map(\.gate) {
            let card = PipelineTests.registry.cards.first { $0.kind.rawValue == "gate" && $0.names.contains(gate) }
            #expect(card != nil, "There is no gate '\(gate)'.")
        }
    }

    @Test func theGuideListsThemInTheirOrder() throws {
        let guide = try House.text("Docs/Guides/FirstRun.md")
        let table = try #require(guide.firstRange(of: "### What is looked at").map { guide[$0.upperBound...] })
        let rows = table.matches(of: /\n\| `([a-z-]+)` \|/).map { String($0.1) }
        #expect(rows == Runner.tests.map(\.gate))
        #expect(Runner.checks.allSatisfy { table.contains("`\($0.gate)`") })
        #expect(table.contains("more than \(Detection.mostGoals) projects"))
        #expect(table.contains("\(Survey.mostFolders) directories at most"))
    }

    @Test(arguments: projects) func whatIsWrittenLints(files: [String: String]) throws {
        for directory in Self.directories {
            let prefix = directory.isEmpty ? "" : "\(directory)/"
            var tree = Dictionary(uniqueKeysWithValues: files.map { ("\(prefix)\($0.key)", $0.value) })
            for name in ["ruff.toml", "mypy.ini", "pyrightconfig.json", "eslint.config.js"] { tree[name] = "" }
            tree["z/pytest.ini"] = ""
            let detection = Detection(ProjectTree(tree))
            let pipeline = DetectedPipeline(detection)
            let goal = try #require(detection.projects.first)
            for text in [pipeline.text, "name: a\n" + pipeline.commentedGoal] {
                do throws(Diagnostics) {
                    let loaded = try PipelineTests.loader.load(text, file: "a.yaml")
                    #expect(loaded.warnings.map(\.description) == [])
                    let written = loaded.pipeline.json.jsonText
                    let escaped = JSONValue.string(goal.directory.replacing("${", with: "$${")).jsonText
                    #expect(written.contains("\"\(goal.goal.gate)\""))
                    #expect(goal.directory.isEmpty || written.contains(escaped), "\(written)")
                } catch {
                    Issue.record("\(text)\n\(error)")
                }
            }
        }
    }

    /// A comment that is made a line of the goal is one that can be used.
    @Test func whatIsCommentedOutLints() throws {
        let files = [
            "pytest.ini": "", "ruff.toml": "", "a/Makefile": "check:\n", "a/mypy.ini": "", "Makefile": "test:\n",
        ]
        let text = DetectedPipeline(Detection(ProjectTree(files))).commentedGoal
        let entries = text.split(separator: "\n").filter { $0.hasPrefix("#   ") }
        #expect(entries.count == 3)
        for entry in entries {
            let loaded = try PipelineTests.loader.load("name: a\ngoal: \(entry.dropFirst(4))\n", file: "a.yaml")
            #expect(loaded.warnings.map(\.description) == [])
        }
    }
}
