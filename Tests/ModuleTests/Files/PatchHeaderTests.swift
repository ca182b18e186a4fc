import FilesTool
import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What git says above the hunks of a file is done, or the patch is refused.
@Suite(.serialized) struct PatchHeaderTests {
    private static let files = ["f.txt": "x\n", "empty": "", "old": "x\n", "g": "x\ny\n"]
    /// What all of these patches change besides.
    private static let change = "diff --git a/f.txt b/f.txt\n--- a/f.txt\n+++ b/f.txt\n@@ -1 +1 @@\n-x\n+y\n"

    private static func withFiles(_ body: (Workspace) async throws -> Void) async throws {
        try await withTemporaryWorkspace { workspace in
            for (path, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(workspace.path)/\(path)")) }
            try await body(workspace)
        }
    }

    private static func contents(_ workspace: Workspace) throws -> [String: String] {
        var all: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: workspace.path) {
            all[name] = try? String(contentsOfFile: "\(workspace.path)/\(name)", encoding: .utf8)
        }
        return all
    }

    @Test(arguments: [
        ("a/pkg/__init__.py b/pkg/__init__.py", "pkg/__init__.py"), ("__init__.py __init__.py", "__init__.py"),
        ("a/two words.py b/two words.py", "two words.py"), (#""a/\303\244.txt" "b/\303\244.txt""#, "ä.txt"),
        (#""a/\"q\" \t\\.txt" "b/\"q\" \t\\.txt""#, "\"q\" \t\\.txt"),
    ]) func anEmptyFileIsAdded(words: String, name: String) async throws {
        try await Self.withFiles { workspace in
            let header = "diff --git \(words)\nnew file mode 100644\nindex 0000000..e69de29\n"
            let said = try await ApplyPatchTests.apply(header + Self.change, in: workspace)
            #expect(said == "Added '\(name)' (0 lines), changed 'f.txt' (1 hunk).")
            let after = try Self.contents(workspace)
            #expect(after[name] == "" && after["f.txt"] == "y\n", "\(after)")
        }
    }

    @Test func anEmptyFileIsDeleted() async throws {
        try await Self.withFiles { workspace in
            let header = "diff --git a/empty b/empty\ndeleted file mode 100755\nindex e69de29..0000000\n"
            let said = try await ApplyPatchTests.apply(Self.change + header, in: workspace)
            #expect(said == "Changed 'f.txt' (1 hunk), deleted 'empty'.")
            #expect(try Self.contents(workspace) == ["f.txt": "y\n", "old": "x\n", "g": "x\ny\n"])
        }
    }

    @Test(arguments: [
        (
            "diff --git a/old b/old\ndeleted file mode 100644\n",
            "Nothing was changed, as the patch does not fit:\n'old' is to be deleted and holds more than the patch says."
        ),
        (
            "diff --git a/old b/new\nsimilarity index 100%\ncopy from old\ncopy to new\n",
            "The patch cannot be read at its line 9: it copies a file, which a patch here cannot; add the new one with all its lines. Nothing was changed."
        ),
        (
            "diff --git a/old b/old\nold mode 100644\nnew mode 100755\n",
            "The patch cannot be read at its line 8: it changes the permissions of a file, which a patch here cannot; leave 'old mode' and 'new mode' out. Nothing was changed."
        ),
        (
            "diff --git a/run b/run\nnew file mode 100755\n--- /dev/null\n+++ b/run\n@@ -0,0 +1 @@\n+x\n",
            "The patch cannot be read at its line 8: it makes a file that can be run, which a patch here cannot; write 100644, and have a command do the rest. Nothing was changed."
        ),
        (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+f.txt\n\\ No newline\n",
            "The patch cannot be read at its line 8: it is about a symbolic link; only files can be patched. Nothing was changed."
        ),
        (
            "diff --git a/l b/l\nindex 1111111..2222222 120000\n--- a/l\n+++ b/l\n@@ -1 +1 @@\n-x\n+f.txt\n",
            "The patch cannot be read at its line 8: it is about a symbolic link; only files can be patched. Nothing was changed."
        ),
        (
            "diff --git a/sub b/sub\nindex 1111111..2222222 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-x\n+y\n",
            "The patch cannot be read at its line 8: it is about a submodule; only files can be patched. Nothing was changed."
        ),
        (
            "diff --git a/one b/other\nnew file mode 100644\n",
            "The patch cannot be read at its line 7: it does not name one file, as in 'diff --git a/FILE b/FILE'. Nothing was changed."
        ),
    ])
    func whatCannotBeDoneIsRefusedWithItsLine(patch: String, message: String) async throws {
        try await Self.withFiles { workspace in
            let error = await #expect(throws: Failure.self) {
                try await ApplyPatchTests.apply(Self.change + patch, in: workspace)
            }
            #expect(error?.message == message)
            let after = try Self.contents(workspace)
            #expect(after == Self.files)
        }
    }

    @Test(arguments: ["./g", "a/../g", ".//g"]) func aFileIsTheSameHoweverItIsSpelled(other: String) async throws {
        try await Self.withFiles { workspace in
            let patch = """
                *** Begin Patch
                *** Update File: \(other)
                -x
                +1
                *** Update File: g
                -y
                +2
                *** End Patch
                """
            let error = await #expect(throws: Failure.self) { try await ApplyPatchTests.apply(patch, in: workspace) }
            #expect(
                error?.message == """
                    The patch cannot be read at its line 5: 'g' is changed a second time, after line 2; put all its hunks \
                    below one header. Nothing was changed.
                    """
            )
            let after = try Self.contents(workspace)
            #expect(after == Self.files)
        }
    }

    /// What a message says above a patch is no header of it.
    @Test func wordsAboveAPatchAreNoHeader() async throws {
        try await Self.withFiles { workspace in
            let text = "copy from the old one\nnew mode 1\nindex a b 120000\n\n"
            let said = try await ApplyPatchTests.apply(text + Self.change, in: workspace)
            #expect(said == "Changed 'f.txt' (1 hunk).")
        }
    }
}
