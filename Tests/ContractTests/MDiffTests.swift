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
        let before = FilesBefore(in: "/w") { files[$0].map(FilesBefore.Content.text) ?? .nothing }
        return QuestionPayload("May it?", tool: tool, input: input, files: before)
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
            (
                "MultiEdit",
                [
                    "file_path": "b",
                    "edits": [
                        ["old_string": "x", "new_string": "z", "replace_all": true],
                        ["old_string": "z", "new_string": "x"],
                    ],
                ],
                "b +1 -1"
            ),
            // By the names that programs give files that find out where they are.
            ("Write", ["file_path": "/w/a", "content": "1\n2\n"], "a +1 -0"),
            ("Write", ["file_path": "/w//new", "content": "1\n"], "new +1 -0"),
            ("Edit", ["file_path": "/w/b", "old_string": "x", "new_string": "y", "replace_all": true], "b +2 -2"),
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

    private static let notebook = """
        {"cells": [{"id": "first", "source": ["a\\n", "b"]}, {"source": "c"}], "metadata": {}, "nbformat": 4}
        """

    @Test(
        arguments: [
            (["cell_id": "first", "new_source": "a\nx"], "@@ -1,2 +1,2 @@\n a\n-b\n+x\n"),
            (["cell_id": "first", "edit_mode": "delete"], "@@ -1,2 +0,0 @@\n-a\n-b\n"),
            (["cell_id": "cell-1", "edit_mode": "delete", "new_source": ""], "@@ -1 +0,0 @@\n-c\n"),
            (["cell_number": 1, "new_source": "d"], "@@ -1 +1 @@\n-c\n+d\n"),
            (["cell_id": "first", "edit_mode": "insert", "new_source": "d"], "@@ -0,0 +1 @@\n+d\n"),
            (["cell_id": "other", "edit_mode": "delete"], "The notebook has no such cell.\n"),
        ] as [(JSONValue, String)]
    )
    func aCellIsComparedWithWhatItHolds(edit: JSONValue, shown: String) {
        let input = JSONValue.object(edit.members.merging(["notebook_path": "/w/n.ipynb"]) { $1 })
        let file = payload("NotebookEdit", input, ["n.ipynb": Self.notebook]).files.first
        #expect(file?.content == shown)
        #expect(file?.deletions == shown.split(separator: "\n").count { $0.hasPrefix("-") })
    }

    /// An overwritten file is never shown as a new one.
    @Test func whatCannotBeReadIsSaid() async throws {
        try await withEmptyDirectory { directory in
            let place = URL(filePath: directory)
            try Data([0xFF, 0]).write(to: place.appending(path: "binary"))
            try Data(repeating: 10, count: 200_001).write(to: place.appending(path: "long"))
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "/etc/passwd")
            let files = FilesBefore(in: directory)
            let reasons = [
                ("binary", "'binary' is no text."), ("link", "'link' leaves the workspace."),
                ("\(directory)/long", "'long' has 200001 bytes; at most 200000 can be read at once."),
                ("/etc/passwd", "'/etc/passwd' is outside of the workspace."),
                ("\(directory)s/a", "'\(directory)s/a' is outside of the workspace."),
                ("\(directory)/../a", "'../a' leaves the workspace."),
            ]
            for (path, reason) in reasons {
                let input: JSONValue = ["file_path": .string(path), "content": "1\n2"]
                let payload = QuestionPayload("May it?", tool: "Write", input: input, files: files)
                #expect(payload.files.first?.content == "What it holds now is not shown: \(reason)\n+1\n+2\n")
                #expect(payload.files.first?.additions == 2)
            }
            let new: JSONValue = ["file_path": .string("\(directory)/new"), "content": "1\n"]
            let payload = QuestionPayload("May it?", tool: "Write", input: new, files: files)
            #expect(payload.json["diff"] == "--- a/new\n+++ b/new\n@@ -0,0 +1 @@\n+1\n")
        }
    }

    /// Of a file elsewhere the path is shown as it stands, and of an edit what goes and what comes.
    @Test func anEditElsewhereIsShownWithItsPath() {
        let input: JSONValue = ["file_path": "/etc/hosts", "old_string": "a", "new_string": "b"]
        #expect(
            payload("Edit", input).json["diff"] == """
                --- /etc/hosts
                +++ /etc/hosts
                What it holds now is not shown: '/etc/hosts' is outside of the workspace.
                -a
                +b

                """
        )
    }

    /// A program that looks where it is finds no symbolic link on the way.
    @Test func aFileIsFoundByTheRealPathOfItsDirectory() async throws {
        try await withEmptyDirectory { directory in
            let place = URL(filePath: directory)
            try FileManager.default.createDirectory(atPath: "\(directory)/real", withIntermediateDirectories: true)
            try Data("1\n".utf8).write(to: place.appending(path: "real/a"))
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: "real")
            let files = FilesBefore(in: "\(directory)/link")
            for path in ["\(directory)/real/a", "\(directory)/link/a", "a"] {
                #expect(files.name(of: path) == "a")
                #expect(files.content(of: path) == .text("1\n"))
            }
        }
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
