import FilesTool
import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

/// What the file tools do, and what they say.
@Suite(.serialized) struct FileToolTests {
    @Test func keepTheirPromises() async throws {
        let files = ["a.py": "one\ntwo\n", "src/b.py": "x\n"]
        try await expectConformance(of: ReadFileTool.self, arguments: ["path": "a.py"], files: files)
        try await expectConformance(of: ListFilesTool.self, arguments: [:], files: files)
        try await expectConformance(of: WriteFileTool.self, arguments: ["path": "new/c", "content": "x"], files: files)
        try await expectConformance(
            of: PatchFileTool.self,
            arguments: ["path": "a.py", "old": "one", "new": "1"],
            files: files
        )
        try await expectConformance(
            of: InsertFileTool.self,
            arguments: ["path": "a.py", "line": 1, "content": "zero"],
            files: files
        )
        try await expectConformance(of: DeleteFileTool.self, arguments: ["path": "a.py"], files: files)
        try await expectConformance(
            of: RenameFileTool.self,
            arguments: ["old_path": "a.py", "new_path": "c.py"],
            files: files
        )
    }

    private static let files = [
        "src/calc.py": "def add(a, b):\n    return a - b\n\nx = 1\nx = 1\n", "crlf.txt": "a\r\nb\r\n", "empty": "",
    ]

    @Test(arguments: [64, 300_000]) func anImageIsReturnedAsOne(count: Int) async throws {
        try await withTemporaryWorkspace { workspace in
            let bytes = SampleImages.png(count: count)
            try Data(bytes).write(to: URL(filePath: "\(workspace.path)/a.png"))
            let output = try await ReadFileTool(settings: NoFields()).call(
                ReadFileTool.Arguments(json: ["path": "a.png"]),
                in: ToolContext(workspace: workspace)
            )
            #expect(output == ToolOutput("'a.png' is an image.", images: [try #require(Image(bytes))]))
        }
    }

    /// Calls that work: the tool, its arguments, what it says, the file afterwards.
    @Test(
        arguments: [
            ("file_read", ["path": "src/calc.py", "start_line": 2, "end_line": 2], "    return a - b\n", nil),
            ("file_read", ["path": "crlf.txt"], "a\r\nb\r\n", nil), ("file_read", ["path": "src/../empty"], "", nil),
            ("file_read", ["path": "crlf.txt", "start_line": 2, "end_line": 99], "b\r\n", nil),
            ("file_list", ["path": "."], "crlf.txt\nempty\nsrc/", nil), ("file_list", ["path": "src"], "calc.py", nil),
            ("file_write", ["path": "new/a/b", "content": "é"], "Wrote 2 bytes to 'new/a/b'.", "é"),
            (
                "file_patch", ["path": "src/calc.py", "old": "a - b", "new": "a + b"],
                "Replaced 1 occurrence in 'src/calc.py', at line 2.",
                "def add(a, b):\n    return a + b\n\nx = 1\nx = 1\n"
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "x = 1", "new": "y", "occurrence": 0],
                "Replaced 2 occurrences in 'src/calc.py', at lines 4, 5.", "def add(a, b):\n    return a - b\n\ny\ny\n"
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "x = 1\n", "new": "", "occurrence": 2],
                "Replaced 1 occurrence in 'src/calc.py', at line 5.", "def add(a, b):\n    return a - b\n\nx = 1\n"
            ),
            (
                "file_patch", ["path": "crlf.txt", "old": "a\r\n", "new": "c\r\n"],
                "Replaced 1 occurrence in 'crlf.txt', at line 1.", "c\r\nb\r\n"
            ),
            (
                "file_insert", ["path": "crlf.txt", "line": 2, "content": "x"],
                "Inserted 1 line at line 2 of 'crlf.txt'.", "a\r\nx\nb\r\n"
            ),
            (
                "file_insert", ["path": "empty", "line": 1, "content": "x\ny\n"],
                "Inserted 2 lines at line 1 of 'empty'.", "x\ny\n"
            ),
        ] as [(String, JSONValue, String, String?)]
    )
    func say(tool: String, arguments: JSONValue, text: String, content: String?) async throws {
        try await withTemporaryWorkspace(Self.files) { workspace in
            #expect(try await EscapeTests.call(tool, arguments, in: workspace) == text)
            guard let content, let path = arguments["path"]?.text else { return }
            let bytes = try Data(contentsOf: URL(filePath: "\(workspace.path)/\(path)"))
            #expect(bytes == Data(content.utf8))
        }
    }

    /// Calls that do not: nothing changes.
    @Test(
        arguments: [
            ("file_read", ["path": "src/cal.py"], "There is no file 'src/cal.py'. Did you mean 'src/calc.py'?"),
            ("file_read", ["path": "scr/calc.py"], "There is no file 'scr/calc.py'. Did you mean 'src/calc.py'?"),
            ("file_read", ["path": "nothing/like/it"], "There is no file 'nothing/like/it'."),
            ("file_read", ["path": "src"], "'src' is a directory."),
            (
                "file_read", ["path": "src/calc.py", "start_line": 9],
                "'src/calc.py' has 5 lines, not lines from 9 to 5."
            ),
            ("file_list", ["path": "crlf.txt"], "'crlf.txt' is not a directory."),
            ("file_delete", ["path": "src"], "Directory 'src' is not empty; delete what is in it first."),
            ("file_delete", ["path": "emty"], "There is no file 'emty'. Did you mean 'empty'?"),
            (
                "file_rename", ["old_path": "empty", "new_path": "crlf.txt"],
                "'crlf.txt' exists already, and nothing is overwritten."
            ),
            (
                "file_rename", ["old_path": "src", "new_path": "src/in/it"],
                "'src' cannot be moved into itself, to 'src/in/it'."
            ),
            (
                "file_insert", ["path": "empty", "line": 3, "content": "x"],
                "'empty' has 0 lines; text can be inserted at 1 to 1, not 3."
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "x = 1", "new": "y"],
                "The text occurs 2 times in 'src/calc.py', at lines 4, 5; give more of the text around it, or an occurrence (0 for all)."
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "x = 1", "new": "y", "occurrence": 3],
                "The text occurs 2 times in 'src/calc.py', so there is no occurrence 3."
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "\treturn a - b", "new": "y"],
                "'src/calc.py' does not hold the text. It differs in white space only from line 2:\n    return a - b"
            ),
            (
                "file_patch", ["path": "src/calc.py", "old": "    return a * b", "new": "y"],
                "'src/calc.py' does not hold the text. The nearest is line 2:\n    return a - b"
            ),
            (
                "file_patch", ["path": "crlf.txt", "old": "a\nb\n", "new": "y"],
                "'crlf.txt' does not hold the text. It differs in white space only from lines 1 to 3:\na\r\nb\r\n"
            ),
            ("file_patch", ["path": "empty", "old": "zzz", "new": "y"], "'empty' does not hold the text."),
            (
                "file_patch", ["path": "empty", "old": "", "new": "y"],
                "The text to replace is empty; use file_insert to add lines."
            ),
            (
                "file_patch", ["path": "empty", "old": "y", "new": "y"],
                "The old text and the new are the same, so nothing would change."
            ),
        ] as [(String, JSONValue, String)]
    )
    func sayWhatIsWrong(tool: String, arguments: JSONValue, message: String) async throws {
        try await withTemporaryWorkspace(Self.files) { workspace in
            let before = try FileTree(workspace.path)
            let error = await #expect(throws: Failure.self) {
                _ = try await EscapeTests.call(tool, arguments, in: workspace)
            }
            #expect(error?.message == message)
            #expect(
                try FileTree(workspace.path).entries.filter { $0.value != "directory" }
                    == before.entries.filter { $0.value != "directory" }
            )
        }
    }

    @Test func sizesAreLimited() async throws {
        try await withTemporaryWorkspace(["big": String(repeating: "line\n", count: 50_000)]) { workspace in
            let files = try ConfinedDirectory(workspace)
            #expect(throws: Failure(.invalidInput, "'big' has 250000 bytes; at most 200000 can be read at once.")) {
                try files.read("big")
            }
            let part = try await EscapeTests.call("file_read", ["path": "big", "start_line": 49_999], in: workspace)
            #expect(part == "line\nline\n")
            #expect(throws: Failure(.invalidInput, "'x' has 10000001 bytes; at most 10000000 can be written at once."))
            {
                try files.write([UInt8](repeating: 0, count: 10_000_001), to: "x")
            }
            let wide = SampleImages.png(9_000, 1, count: 300_000)
            try Data(wide).write(to: URL(filePath: "\(workspace.path)/wide"))
            let message = "The image 'wide' has 9000 x 1 pixels, and at most 8000 of a side are shown."
            await #expect(throws: Failure(.invalidInput, message)) {
                _ = try await EscapeTests.call("file_read", ["path": "wide"], in: workspace)
            }
            try Data([0xFF, 0]).write(to: URL(filePath: "\(workspace.path)/binary"))
            await #expect(throws: Failure(.invalidInput, "'binary' is no UTF-8 text; it has 2 bytes.")) {
                _ = try await EscapeTests.call("file_read", ["path": "binary"], in: workspace)
            }
        }
    }

    @Test func aWriteKeepsModesAndLinks() async throws {
        try await withTemporaryWorkspace(["run.sh": "1\n"]) { workspace in
            let (manager, path) = (FileManager.default, workspace.path)
            try manager.setAttributes([.posixPermissions: 0o750], ofItemAtPath: "\(path)/run.sh")
            try manager.createSymbolicLink(atPath: "\(path)/link", withDestinationPath: "./run.sh")
            try manager.createSymbolicLink(atPath: "\(path)/other", withDestinationPath: "link")
            _ = try await EscapeTests.call("file_write", ["path": "other", "content": "2\n"], in: workspace)
            let tree = try FileTree(path).entries
            #expect(tree == ["run.sh": "750 Mgo=", "link": "link to ./run.sh", "other": "link to link"])
            _ = try await EscapeTests.call("file_delete", ["path": "other"], in: workspace)
            #expect(try FileTree(path).entries.keys.sorted() == ["link", "run.sh"])
        }
    }
}
