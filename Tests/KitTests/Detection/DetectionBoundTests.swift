import Foundation
import PipelineTesting
import Testing

@testable import DetectionKit

/// What is in a directory is somebody else's, and may be anything.
struct DetectionBoundTests {
    @Test func linksAreNotFollowed() throws {
        try withDirectory(["Makefile": "test:\n", "a/go.mod": "", "a/x_test.go": ""]) { other in
            try withDirectory(["b/README.md": ""]) { directory in
                for (name, target) in [("Makefile", "Makefile"), ("a", "a"), ("b/loop", "..")] {
                    let path = target == ".." ? directory : "\(other)/\(target)"
                    try FileManager.default.createSymbolicLink(
                        atPath: "\(directory)/\(name)",
                        withDestinationPath: path
                    )
                }
                #expect(Detection(.onDisk(directory)) == Detection(ProjectTree(["b/README.md": ""])))
                #expect(ProjectTree.onDisk(directory).text("Makefile") == nil)
                let link = "\(directory)/link"
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: other)
                #expect(Detection(.onDisk(link)).projects.map(\.goal.gate) == ["make-test"], "the top may be one")
            }
        }
    }

    @Test func aLongFileIsNoManifest() throws {
        let rest = String(repeating: "#", count: ProjectTree.mostBytes - "test:\n".utf8.count)
        try withDirectory(["a/Makefile": "test:\n" + rest, "b/Makefile": "test:\n" + rest + "#"]) { directory in
            #expect(Detection(.onDisk(directory)).projects.map(\.directory) == ["a"])
        }
    }

    @Test func whatIsNoFileIsNotRead() throws {
        try withDirectory(["Makefile/a": ""]) { directory in
            #expect(mkfifo("\(directory)/go.mod", 0o600) == 0)
            #expect(Detection(.onDisk(directory)).projects == [])
            #expect(ProjectTree.onDisk(directory).text("go.mod") == nil)
            #expect(ProjectTree.onDisk(directory).text("Makefile") == nil)
            #expect(Detection(.onDisk("\(directory)/nowhere")).projects == [])
        }
    }

    @Test func aNameThatCannotBeShownIsPassedOver() throws {
        let files = ["a\nb/Makefile": "test:\n", "c\u{202E}d/Makefile": "test:\n", "e\u{1B}[0m/Makefile": "test:\n"]
        try withDirectory(files) { directory in #expect(Detection(.onDisk(directory)).projects == []) }
    }

    @Test func whatAScriptSaysIsShownInOneLine() {
        let script = "{\"scripts\": {\"test\": \"a\\n\\u001b[0m \\u202e b\(String(repeating: "x", count: 99))\"}}"
        let shown = "a [0m b" + String(repeating: "x", count: 52) + "…"
        let line = Detection(ProjectTree(["package.json": script])).lines.first
        #expect(line == "Found the script 'test' in package.json, '\(shown)': the goal is npm-test.")
    }

    /// A tree that goes on for ever, in which every directory has the same.
    @Test func aTreeWithoutEndIsCut() {
        let endless = ProjectTree(
            entries: { _ in (0..<40).map { .init("d\($0)", isDirectory: true) } + [.init("go.mod", isDirectory: false)]
            },
            text: { _ in "" }
        )
        let survey = Survey(endless)
        #expect(survey.isCut && survey.folders.count == Survey.mostFolders)
        let crowded = ProjectTree(
            entries: { _ in (0..<30_000).map { .init("f\($0)", isDirectory: $0 == 0) } },
            text: { _ in nil }
        )
        #expect(Survey(crowded).isCut && Survey(crowded).folders.count == 1)
        let detection = Detection(endless)
        #expect(detection.projects == [])
        #expect(
            detection.nothing(in: ".").last
                == "There is more here than is looked at: 5 levels, 1000 directories, 20000 files."
        )
    }

    /// Whatever is there: it is bounded, and the same each time.
    @Test(arguments: 0..<300) func anyTreeIsRead(seed: UInt64) {
        var dice = Dice(seed: seed)
        let files = dice.tree()
        let detection = Detection(ProjectTree(files))
        #expect(detection == Detection(ProjectTree(files)))
        #expect(detection.projects.allSatisfy { !$0.goal.evidence.isEmpty })
        let directories = detection.projects.map(\.directory)
        #expect(Set(directories).count == directories.count)
        for line in detection.lines + detection.nothing(in: ".") + detection.tooMany(in: ".") {
            #expect(!line.contains { $0.isNewline })
        }
        guard !detection.projects.isEmpty else { return }
        let comment = DetectedPipeline(detection).commentedGoal
        #expect(comment.contains("goal:"))
    }
}

/// Random trees of names and texts that markers know, whole and broken.
extension Dice {
    private static let directories = [
        "", "a", "a/b", "a/b/c", "tests", "test", "src/test", "a/tests", "node_modules/a", "examples", "é \"x\"",
        "${x}",
        "-b", "# c", "'", "true", "1", "a: b", "[d]", "{e}", "*", "&f", "!g", "%h", "@i", "\\", "|", "~",
    ]
    private static let names =
        DetectionExample.all.flatMap(\.files.keys).map { $0.parentAndName.name }.sorted()
        + ["ruff.toml", "test_x.py", "x.test.ts", "pnpm-workspace.yaml", "x_test.go", "", "..", "\n"]
    private static let texts =
        DetectionExample.all.flatMap(\.files.values).sorted()
        + [
            "", "[", "[]", "[[package]]", "[ ]", "{", "\r\n[package]\r\n", "\u{0}", ":", "test:", "test", "=:",
            "\u{FEFF}[package]",
        ]

    mutating func tree() -> [String: String] {
        var files: [String: String] = [:]
        for _ in 0..<roll(0...30) {
            var text = pick(Self.texts)
            if once(in: 2) {
                let scalars = Array(text.unicodeScalars).shuffled(using: &self).prefix(
                    roll(0...text.unicodeScalars.count)
                )
                text = String(String.UnicodeScalarView(scalars))
            }
            files[pick(Self.directories).appending(pick(Self.names))] = text
        }
        return files
    }
}
