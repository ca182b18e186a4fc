import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import MContract

/// What a person is shown of a call before they allow it.
@Suite(.timeLimit(.minutes(5)))
struct MDiffTests {
    /// Texts of a few lines, many of them alike; without an end of line now and then.
    private static func text(_ dice: inout Dice) -> String {
        let lines = (0..<Int.random(in: 0...30, using: &dice)).map { _ in
            ["a", "b", "c", "", "long line"].randomElement(using: &dice) ?? ""
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What patch(1) makes of the old text with it is the new one.
    @Test(arguments: 1...40) func aDiffIsOneThatPatchTakes(seed: Int) async throws {
        var dice = Dice(seed: UInt64(seed))
        let (old, new) = (Self.text(&dice), Self.text(&dice))
        let diff = LineDiff(old, new)
        try await withEmptyDirectory { directory in
            let place = URL(filePath: directory)
            try Data(old.utf8).write(to: place.appending(path: "f"))
            let whole = "--- f\n+++ f\n\(diff.text)"
            try Data(whole.utf8).write(to: place.appending(path: "d"))
            if !diff.text.isEmpty {
                let finished = try await run(.shell("git apply --unidiff-zero -p0 d || patch -s f d", in: directory))
                #expect(finished.status == 0, "\(finished.output.text)\n\(whole)")
            }
            #expect(try String(contentsOf: place.appending(path: "f"), encoding: .utf8) == new)
        }
        let lines = diff.text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("+") } == diff.additions)
        #expect(lines.count { $0.hasPrefix("-") } == diff.deletions)
    }

    private func payload(_ tool: String, _ input: JSONValue, _ files: [String: String] = [:]) -> QuestionPayload {
        QuestionPayload("May it?", tool: tool, input: input) { files[$0] }
    }

    @Test(
        arguments: [
            ("file_write", ["path": "a", "content": "1\n2\n"], "a +1 -0"),
            ("file_write", ["path": "new", "content": "1\n2\n"], "new +2 -0"),
            ("Write", ["file_path": "a", "content": ""], "a +0 -1"),
            ("file_patch", ["path": "a", "old": "1", "new": "2"], "a +1 -1"),
            ("file_patch", ["path": "b", "old": "x", "new": "y", "occurrence": 0], "b +2 -2"),
            ("file_patch", ["path": "b", "old": "x", "new": "y", "occurrence": 2], "b +1 -1"),
            ("file_patch", ["path": "b", "old": "not there", "new": "y"], "b +1 -1"),
            ("Edit", ["file_path": "a", "old_string": "1", "new_string": "1\n2"], "a +1 -0"),
            (
                "MultiEdit", ["file_path": "a", "edits": [["old_string": "1", "new_string": "2"]]], "a +1 -1"
            ),
            ("file_insert", ["path": "a", "line": 1, "content": "0\n"], "a +1 -0"),
            ("file_delete", ["path": "b"], "b +0 -3"),
            (
                "apply_patch", ["patch": "*** Begin Patch\n*** Update File: a\n@@\n-1\n+2\n+3\n*** End Patch"],
                "a +2 -1"
            ),
            ("apply_patch", ["patch": "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n"], "a +1 -1"),
            // Lines of a hunk that look like the names of a file, and a file that goes.
            (
                "apply_patch", ["patch": "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n x\n--- old\n+++ new\n y\n"], "a +1 -1"
            ),
            ("apply_patch", ["patch": "--- a/b\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-x\n-y\n-x\n"], "b +0 -3"),
            ("NotebookEdit", ["notebook_path": "n.ipynb", "new_source": "a\nb"], "n.ipynb +2 -0"),
        ] as [(String, JSONValue, String)]
    )
    func anEditIsShownFileByFile(tool: String, input: JSONValue, counts: String) {
        let payload = payload(tool, input, ["a": "1\n", "b": "x\ny\nx\n"])
        #expect(payload.type == .diff)
        #expect(payload.files.map { "\($0.path) +\($0.additions) -\($0.deletions)" } == [counts])
        let json = payload.json
        #expect(json["files"]?.elements.first?["content"]?.text != nil)
        #expect(json["diff"]?.text?.hasPrefix("--- a/") == true)
    }

    /// Whatever a tool is called with, each member is of the type that clients decode, or is not there.
    @Test(
        arguments: [
            ["command": 7], ["command": ["ls"]], ["files": "x", "diff": 1, "message": []], ["path": 1], [], "text",
            .null,
        ] as [JSONValue]
    )
    func whatIsCalledWithSomethingElseBreaksNothing(input: JSONValue) {
        for tool in ["bash_exec", "file_write", "file_patch", "apply_patch", "anything"] {
            let json = payload(tool, input).json
            #expect(json["message"] == "May it?")
            #expect(json["command"] == nil)
            #expect(json["files"] == nil)
        }
    }

    @Test func aCommandIsShownAsOne() {
        #expect(payload("bash_exec", ["command": "rm -r x"]).json["command"] == "rm -r x")
        #expect(payload("python_exec", ["code": "print(1)"]).type == .command)
        #expect(payload("web_fetch", ["url": "https://example.org"]).type == .generic)
    }

    /// To compare it line by line would take long: all of it is told as changed.
    @Test func aLongTextIsNotComparedForEver() {
        let old = (0..<5_000).map { "\($0)\n" }.joined()
        let diff = LineDiff(old, "1\n")
        #expect((diff.additions, diff.deletions) == (1, 5_000))
    }
}

private func withEmptyDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
