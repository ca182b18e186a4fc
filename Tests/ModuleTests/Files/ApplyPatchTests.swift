import FilesTool
import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// Patches in both forms: what fits, what does not, and that nothing is left half done.
@Suite(.serialized) struct ApplyPatchTests {
    private static let files = [
        "calc.py": "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n",
        "text": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n", "crlf": "a\r\nb\r\nc\r\n", "open": "one\ntwo",
        "gone": "1\n2\n", "src/old": "x\ny\n",
    ]

    static func apply(_ patch: String, in workspace: Workspace) async throws -> String {
        let tool = try ApplyPatchTool(settings: NoFields())
        let arguments = try ApplyPatchTool.Arguments(json: ["patch": .string(patch)])
        return try await tool.call(arguments, in: ToolContext(workspace: workspace)).text
    }

    private static func withFiles(_ body: (Workspace) async throws -> Void) async throws {
        try await withTemporaryWorkspace { workspace in
            for (path, text) in files {
                let url = URL(filePath: "\(workspace.path)/\(path)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(text.utf8).write(to: url)
            }
            try await body(workspace)
        }
    }

    /// All files of a workspace.
    private static func contents(_ workspace: Workspace) throws -> [String: String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: workspace.path)
        return names.reduce(into: [:]) { all, name in
            let text = try? String(contentsOfFile: "\(workspace.path)/\(name)", encoding: .utf8)
            if let text { all[name] = text }
        }
    }

    @Test func keepsItsPromises() async throws {
        try await expectConformance(
            of: ApplyPatchTool.self,
            arguments: ["patch": "--- a/text\n+++ b/text\n@@ -1 +1 @@\n-one\n+1\n"],
            files: Self.files
        )
    }

    /// A patch, what is said of it, and the files that differ afterwards; `nil` for one that is gone.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var patch: String
        var says: String
        var after: [String: String?]
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "git's form, several files",
            patch: """
                diff --git a/calc.py b/calc.py
                index 1111111..2222222 100644
                --- a/calc.py
                +++ b/calc.py
                @@ -1,4 +1,4 @@
                 def add(a, b):
                -    return a - b
                +    return a + b
                 
                 
                diff --git a/new/file b/new/file
                new file mode 100644
                --- /dev/null
                +++ b/new/file
                @@ -0,0 +1,2 @@
                +1
                +2
                diff --git a/gone b/gone
                deleted file mode 100644
                --- a/gone
                +++ /dev/null
                @@ -1,2 +0,0 @@
                -1
                -2
                diff --git a/src/old b/src/new
                similarity index 50%
                rename from src/old
                rename to src/new
                --- a/src/old
                +++ b/src/new
                @@ -1,2 +1,2 @@
                 x
                -y
                +z

                """,
            says: "Changed 'calc.py' (1 hunk), added 'new/file' (2 lines), changed 'src/old', now 'src/new' (1 hunk), "
                + "deleted 'gone'.",
            after: [
                "calc.py": "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n",
                "new/file": "1\n2\n",
                "gone": nil, "src/old": nil, "src/new": "x\nz\n",
            ]
        ),
        Case(
            name: "without a/ and b/, with times",
            patch: "--- text\t2026-01-01 00:00:00\n+++ text\t2026-01-02 00:00:00\n@@ -2 +2 @@\n-two\n+2\n",
            says: "Changed 'text' (1 hunk).",
            after: ["text": "one\n2\nthree\nfour\nfive\nsix\nseven\neight\n"]
        ),
        Case(
            name: "wrong numbers and counts",
            patch: "--- a/text\n+++ b/text\n@@ -3,9 +3,1 @@\n five\n-six\n+6\n",
            says: "Changed 'text' (1 hunk; 1 up to 2 lines from where the patch says).",
            after: ["text": "one\ntwo\nthree\nfour\nfive\n6\nseven\neight\n"]
        ),
        Case(
            name: "no numbers at all",
            patch: "--- a/text\n+++ b/text\n@@ @@\n-three\n+3\n@@\n-seven\n+7\n",
            says: "Changed 'text' (2 hunks).",
            after: ["text": "one\ntwo\n3\nfour\nfive\nsix\n7\neight\n"]
        ),
        Case(
            name: "lines around it that have changed",
            patch: "--- a/text\n+++ b/text\n@@ -2,5 +2,5 @@\n ZWEI\n three\n-four\n+4\n five\n SECHS\n",
            says: "Changed 'text' (1 hunk; 1 with other blanks or lines around).",
            after: ["text": "one\ntwo\nthree\n4\nfive\nsix\nseven\neight\n"]
        ),
        Case(
            name: "other blanks",
            patch:
                "--- a/calc.py\n+++ b/calc.py\n@@ -5,2 +5,2 @@\n def sub(a, b):   \n-  return a - b\n+    return b - a\n",
            says: "Changed 'calc.py' (1 hunk; 1 with other blanks or lines around).",
            after: ["calc.py": "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return b - a\n"]
        ),
        Case(
            name: "blanks of empty lines lost",
            patch:
                "--- a/calc.py\n+++ b/calc.py\n@@ -2,4 +2,4 @@\n     return a - b\n\n\n-def sub(a, b):\n+def minus(a, b):\n",
            says: "Changed 'calc.py' (1 hunk).",
            after: ["calc.py": "def add(a, b):\n    return a - b\n\n\ndef minus(a, b):\n    return a - b\n"]
        ),
        Case(
            name: "carriage returns stay",
            patch: "--- a/crlf\n+++ b/crlf\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n+BB\n c\n",
            says: "Changed 'crlf' (1 hunk; 1 with other blanks or lines around).",
            after: ["crlf": "a\r\nB\r\nBB\r\nc\r\n"]
        ),
        Case(
            name: "a last line without a line break",
            patch: "--- a/open\n+++ b/open\n@@ -1,2 +1,3 @@\n one\n-two\n\\ No newline at end of file\n+2\n+3\n",
            says: "Changed 'open' (1 hunk).",
            after: ["open": "one\n2\n3\n"]
        ),
        Case(
            name: "a last line that loses it",
            patch: "--- a/gone\n+++ b/gone\n@@ -2 +2 @@\n-2\n+3\n\\ No newline at end of file\n",
            says: "Changed 'gone' (1 hunk).",
            after: ["gone": "1\n3"]
        ),
        Case(
            name: "lines that look like headers",
            patch: "--- a/src/old\n+++ b/src/old\n@@ -1,2 +1,3 @@\n x\n+-- a\n++ b\n y\n",
            says: "Changed 'src/old' (1 hunk).",
            after: ["src/old": "x\n-- a\n+ b\ny\n"]
        ),
        Case(
            name: "words around a patch",
            patch: "Here it is:\n\n```diff\n--- a/gone\n+++ b/gone\n@@ -1 +1 @@\n-1\n+one\n```\n",
            says: "Changed 'gone' (1 hunk).",
            after: ["gone": "one\n2\n"]
        ),
        Case(
            name: "marked: update, add, delete, move",
            patch: """
                *** Begin Patch
                *** Update File: calc.py
                @@ def sub(a, b):
                -    return a - b
                +    return b - a
                *** Add File: new
                +1
                +
                +3
                *** Delete File: gone
                *** Update File: src/old
                *** Move to: src/new
                @@
                 x
                -y
                +z
                *** End Patch
                """,
            says: "Changed 'calc.py' (1 hunk), added 'new' (3 lines), changed 'src/old', now 'src/new' (1 hunk), "
                + "deleted 'gone'.",
            after: [
                "calc.py": "def add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return b - a\n",
                "new": "1\n\n3\n",
                "gone": nil, "src/old": nil, "src/new": "x\nz\n",
            ]
        ),
        Case(
            name: "marked: at the end, and only new lines",
            patch: """
                *** Begin Patch
                *** Update File: text
                @@
                 eight
                +nine
                *** End of File
                *** Update File: gone
                @@ 1
                +one and a half
                *** End Patch
                """,
            says: "Changed 'text' (1 hunk), changed 'gone' (1 hunk).",
            after: [
                "text": "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n", "gone": "1\none and a half\n2\n",
            ]
        ),
    ]

    @Test(arguments: cases)
    func whatFitsIsApplied(patch: Case) async throws {
        try await Self.withFiles { workspace in
            let said = try await Self.apply(patch.patch, in: workspace)
            #expect(said == patch.says)
            var wanted = Self.files
            for (path, text) in patch.after { wanted[path] = text }
            #expect(try Self.contents(workspace) == wanted)
        }
    }

    @Test(arguments: [
        (
            "",
            "The patch changes no file. Write a unified diff with '--- a/FILE', '+++ b/FILE' and '@@', or begin with '*** Begin Patch'."
        ),
        (
            "@@ -1 +1 @@\n-1\n+2\n",
            "The patch cannot be read at its line 1: a hunk comes without '--- a/FILE' and '+++ b/FILE' above it. Nothing was changed."
        ),
        (
            "--- a/gone\n+++ b/gone\n@@ -x +1 @@\n-1\n+2\n",
            "The patch cannot be read at its line 3: '@@ -x +1 @@' is not like '@@ -3,7 +3,8 @@'. Nothing was changed."
        ),
        (
            "*** Begin Patch\n*** Change File: gone\n*** End Patch\n",
            "The patch cannot be read at its line 2: '*** Change File: gone' is none of '*** Update File: PATH', '*** Add File: PATH', '*** Delete File: PATH' and '*** End Patch'. Nothing was changed."
        ),
        (
            "*** Begin Patch\n*** Delete File: gone\n",
            "The patch cannot be read at its line 3: it ends without '*** End Patch'. Nothing was changed."
        ),
        (
            "diff --git a/x b/x\nGIT binary patch\nliteral 4\n",
            "The patch cannot be read at its line 2: it changes a binary file; only text can be patched. Nothing was changed."
        ),
        (
            "*** Begin Patch\n*** Delete File: gone\n*** Add File: gone\n+1\n*** End Patch\n",
            "The patch cannot be read at its line 3: 'gone' is changed a second time, after line 2; put all its hunks below one header. Nothing was changed."
        ),
        (
            """
            --- a/text
            +++ b/text
            @@ -1 +1 @@
            -one
            +1
            @@ -3,2 +3,2 @@
            -three
            -vier
            +3
            --- a/txt
            +++ b/txt
            @@ -1 +1 @@
            -1
            +2
            --- /dev/null
            +++ b/gone
            @@ -0,0 +1 @@
            +1

            """,
            """
            Nothing was changed, as the patch does not fit:
            Hunk 2 of 'text' (line 6 of the patch) does not fit: the file does not hold its lines. The nearest is lines 3 to 4:
            three
            four
            There is no file 'txt'. Did you mean 'text'?
            'gone' is to be added and exists already.
            """
        ),
        (
            "*** Begin Patch\n*** Update File: calc.py\n@@\n-    return a - b\n+    return 0\n*** End Patch\n",
            "Nothing was changed, as the patch does not fit:\nHunk 1 of 'calc.py' (line 3 of the patch) fits at lines 2, 6; give more lines around it, or a line above it behind '@@'."
        ),
        (
            "*** Begin Patch\n*** Update File: calc.py\n@@ def mul(a, b):\n-    return a - b\n+    return 0\n*** End Patch\n",
            "Nothing was changed, as the patch does not fit:\nHunk 1 of 'calc.py' (line 3 of the patch) does not fit: after the hunk before it, no line is 'def mul(a, b):'."
        ),
        (
            "--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
            "Nothing was changed, as the patch does not fit:\n'gone' is to be deleted and holds more than the patch says."
        ),
        (
            "*** Begin Patch\n*** Update File: src/old\n*** Move to: gone\n*** End Patch\n",
            "Nothing was changed, as the patch does not fit:\n'src/old' is to become 'gone', which exists already."
        ),
        ("--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-1\n+2\n", "'../x' leaves the workspace."),
        (
            "*** Begin Patch\n*** Add File: .git/hooks/pre-commit\n+1\n*** End Patch\n",
            "'.git/hooks/pre-commit' belongs to git; nothing in a '.git' directory can be changed."
        ),
    ])
    func whatDoesNotFitChangesNothing(patch: String, message: String) async throws {
        try await Self.withFiles { workspace in
            let error = await #expect(throws: Failure.self) { try await Self.apply(patch, in: workspace) }
            #expect(error?.message == message)
            let after = try Self.contents(workspace)
            #expect(after == Self.files)
        }
    }

    /// The last file cannot be written; those before it are what they were, with their permissions.
    @Test func whatCannotBeFinishedIsTakenBack() async throws {
        try await Self.withFiles { workspace in
            chmod("\(workspace.path)/text", 0o755)
            let patch = """
                *** Begin Patch
                *** Update File: text
                *** Move to: moved
                @@
                -one
                +1
                *** Add File: added
                +1
                *** Add File: open/below
                +1
                *** End Patch
                """
            let error = await #expect(throws: Failure.self) { try await Self.apply(patch, in: workspace) }
            #expect(error?.message == "'open/below' goes through a file as if it were a directory.")
            let after = try Self.contents(workspace)
            #expect(after == Self.files)
            #expect(access("\(workspace.path)/text", X_OK) == 0)
        }
    }

    @Test func whatIsNoTextCanBeDeletedAndRenamed() async throws {
        try await withTemporaryWorkspace { workspace in
            for name in ["a", "b"] { try Data([0xFF, 0x00]).write(to: URL(filePath: "\(workspace.path)/\(name)")) }
            let patch = """
                *** Begin Patch
                *** Delete File: a
                *** Update File: b
                *** Move to: c
                *** End Patch
                """
            let said = try await Self.apply(patch, in: workspace)
            #expect(said == "Changed 'b', now 'c', deleted 'a'.")
            let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path)
            #expect(names == ["c"])
        }
    }
}
