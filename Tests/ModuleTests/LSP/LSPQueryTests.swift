import Foundation
import LSPTool
import PipelineKit
import PipelineTesting
import Testing

/// What is asked of a language server and how its answers read, with one that knows the words of a file.
struct LSPQueryTests {
    private let files = ["a.txt": "one two\n  two 😀é three two\n", "b.txt": "bad badly good\r\n"]

    @Test func itKeepsWhatToolsPromise() async throws {
        try await expectConformance(
            of: LSPQueryTool.self,
            arguments: ["query": "references", "path": "a.txt", "line": 1, "symbol": "two"],
            settings: LSPTrial.fake(),
            required: ["servers"],
            files: files
        )
    }

    @Test(arguments: ["utf-8", "utf-16"])
    func placesAreShownWithTheirLines(encoding: String) async throws {
        try await LSPTrial.with(files, LSPTrial.fake("--encoding", encoding)) { trial in
            let uses = try await trial.ask("references", "a.txt", ["line": 2, "symbol": "two"])
            #expect(uses == "a.txt:1:5: one two\na.txt:2:3: two 😀é three two\na.txt:2:16: two 😀é three two")
            let definition = try await trial.ask("definition", "a.txt", ["line": 2, "column": 16])
            #expect(definition == "a.txt:1:5: one two")
            #expect(
                try await trial.ask("implementation", "./a.txt", ["line": 2, "symbol": "three"])
                    == "No implementation of 'three' was found."
            )
            #expect(try await trial.ask("hover", "a.txt", ["line": 1, "symbol": "one"]) == "a word\none")
            #expect(
                try await trial.ask("symbols", "a.txt")
                    == "a.txt:1:1: function one: one two\na.txt:1:1: variable one.inner: one two"
            )
            #expect(
                try await trial.ask("workspace_symbols", nil, ["symbol": "hre"])
                    == "a.txt:2:10: class box.three: two 😀é three two"
            )
            #expect(try await trial.ask("workspace_symbols", nil, ["symbol": "xyz"]) == "No such name was found.")
        }
    }

    @Test func aServerThatStillReadsTheProjectIsAskedUntilItHasReadIt() async throws {
        try await LSPTrial.with(["a.txt": "one one\none\n"], LSPTrial.fake("--cold")) { trial in
            let all = "a.txt:1:1: one one\na.txt:1:5: one one\na.txt:2:1: one"
            let uses = try await trial.ask("references", "a.txt", ["line": 1, "symbol": "one"])
            #expect(uses == all)
        }
    }

    @Test(arguments: [[], ["--push"], ["--push", "--unversioned"]])
    func complaintsAreThoseOfTheFileAsItIs(words: [String]) async throws {
        try await LSPTrial.with(files, LSPTrial.fake(words)) { trial in
            let first =
                "b.txt:1:1: warning: bad is bad (bad-word): bad badly good\nb.txt:1:5: warning: badly is bad (bad-word): bad badly good"
            #expect(try await trial.ask("diagnostics", "b.txt") == first)
            #expect(try await trial.ask("diagnostics", "b.txt") == first)
            try trial.write("b.txt", "good\n")
            #expect(try await trial.ask("diagnostics", "b.txt") == "Nothing is wrong with 'b.txt', says the server.")
            try trial.write("b.txt", "worse\nbad\n")
            #expect(try await trial.ask("diagnostics", "b.txt") == "b.txt:2:1: warning: bad is bad (bad-word): bad")
        }
    }

    @Test func aRenameIsShownAndNotDone() async throws {
        try await LSPTrial.with(files) { trial in
            let text = try await trial.ask("rename", "a.txt", ["line": 1, "symbol": "two", "new_name": "2"])
            #expect(
                text == """
                    Nothing has been changed. The rename would change:
                    a.txt:1: one two
                    a.txt:1> one 2
                    a.txt:2: two 😀é three two
                    a.txt:2> 2 😀é three 2
                    """
            )
            let after = try trial.read("a.txt")
            #expect(after == files["a.txt"])
        }
    }

    /// Files change by other tools and by hand, and the server hears of it before it is asked.
    @Test func theServerIsToldWhatHasChanged() async throws {
        try await withTemporaryWorkspace { outside in
            let log = "\(outside.path)/log"
            try await LSPTrial.with(files, LSPTrial.fake("--log", log)) { trial in
                _ = try await trial.ask("symbols", "a.txt")
                try trial.write("a.txt", "other\n")
                try trial.write("new.txt", "new\n")
                #expect(try await trial.ask("symbols", "a.txt").hasPrefix("a.txt:1:1: function other: other\n"))
                try FileManager.default.removeItem(atPath: "\(trial.workspace.path)/a.txt")
                _ = try await trial.ask("symbols", "b.txt")
                let told = try String(contentsOf: URL(filePath: log), encoding: .utf8)
                #expect(
                    told.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) } == [
                        "start", "initialize", "initialized", "workspace/didChangeConfiguration",
                        "textDocument/didOpen 1", "textDocument/documentSymbol",
                        "workspace/didChangeWatchedFiles", "watched 2 a.txt", "watched 1 new.txt",
                        "textDocument/didChange 2", "textDocument/documentSymbol",
                        "workspace/didChangeWatchedFiles", "watched 3 a.txt", "textDocument/didClose",
                        "textDocument/didOpen 1", "textDocument/documentSymbol",
                    ]
                )
            }
        }
    }

    @Test func whatTheServerAsksIsAnswered() async throws {
        let settings = LSPTrial.fake(more: ["configuration": ["a": ["b": 5]]])
        try await LSPTrial.with(["a.txt": "word\n#do ask\n"], settings) { trial in
            let said = try await trial.ask("hover", "a.txt", ["line": 1, "symbol": "word"])
            let refused = #"{"applied": false, "failureReason": "Nothing is changed here, only asked."}"#
            let unknown = #"{"code": -32601, "message": "There is no method 'workspace/unheardOf' here."}"#
            #expect(said == "[[5, null], true, null, \(refused), \(unknown)]")
        }
    }

    @Test func longAnswersAreCut() async throws {
        let text = String(repeating: "word\n", count: 50)
        var settings = LSPTrial.fake().members
        settings["most"] = 2
        try await LSPTrial.with(["a.txt": text], .object(settings)) { trial in
            let uses = try await trial.ask("references", "a.txt", ["line": 1, "symbol": "word"])
            #expect(uses == "a.txt:1:1: word\na.txt:2:1: word\n(2 of 50 places shown)")
        }
    }

    @Test func whatWallsKeepFromItIsNotInItsReach() throws {
        let tool = try LSPQueryTool(settings: .init(json: LSPTrial.fake()))
        let arguments = try LSPQueryTool.Arguments(json: ["query": "symbols", "path": "a.txt"])
        var workspace = Workspace(path: "/nowhere")
        #expect(tool.scope(of: arguments, in: workspace).reach == [.reads, .runs])
        workspace.confinement = Confinement(temporary: "/t", home: "/h", network: .all)
        #expect(tool.scope(of: arguments, in: workspace).reach == [.reads])
    }

    @Test(
        arguments: [
            (["query": "symbols"], "A query of 'symbols' needs a 'path'."),
            (["query": "hover", "path": "a.txt", "symbol": "x"], "A query of 'hover' needs a 'line'."),
            (["query": "hover", "path": "a.txt", "line": 1], "A query of 'hover' needs a 'column' or a 'symbol'."),
            (["query": "workspace_symbols"], "A query of 'workspace_symbols' needs a 'symbol'."),
            (
                ["query": "rename", "path": "a.txt", "line": 1, "column": 1],
                "A query of 'rename' needs a 'new_name'."
            ),
            (
                ["query": "hover", "path": "a.txt", "line": 0, "column": 1],
                "Field 'line' must be at least 1, but is 0."
            ),
            (["query": "hover", "path": "a.txt", "line": 4, "column": 1], "'a.txt' has 3 lines, and no line 4."),
            (
                ["query": "hover", "path": "a.txt", "line": 1, "column": 9],
                "Line 1 of 'a.txt' has 7 characters, and no column 9: one two"
            ),
            (
                ["query": "hover", "path": "a.txt", "line": 1, "symbol": "six"],
                "'six' does not stand in line 1 of 'a.txt': one two"
            ),
            (["query": "symbols", "path": "a.py"], "No language server here knows 'a.py', but only *.txt."),
            (
                ["query": "symbols", "path": "a.py", "server": "fakd"],
                "There is no language server 'fakd'. Did you mean 'fake'?"
            ),
        ] as [(JSONValue, String)]
    )
    func aWrongQuestionIsNamed(arguments: JSONValue, message: String) async throws {
        try await LSPTrial.with(files) { trial in
            await #expect(throws: Failure(.invalidInput, message)) {
                _ = try await trial.tool.call(arguments, ToolContext(workspace: trial.workspace))
            }
        }
    }

    @Test func nothingOutsideOfTheWorkspaceIsRead() async throws {
        try await LSPTrial.with(files) { trial in
            let failure = await trial.failure("symbols", "../secret.txt")
            #expect(failure?.kind == .denied)
        }
    }

    @Test(
        arguments: [
            (["servers": [:]], "Field 'servers' must name a language server, but is empty."),
            (
                ["servers": ["a": ["command": ["x"], "files": ["a": "b"]]], "most": 0],
                "Field 'most' must be at least 1, but is 0."
            ),
            (
                ["servers": ["a": ["command": [], "files": ["a": "b"]]]],
                "Field 'servers.a.command' must begin with a program: [clangd]."
            ),
            (
                ["servers": ["a": ["command": ["x"], "files": [:]]]],
                "Field 'servers.a.files' must name an ending, such as 'py: python'."
            ),
            (
                ["servers": ["a": ["command": ["x"], "files": [".py": "python"]]]],
                "Field 'servers.a.files' must have endings without a dot as its keys, but has '.py'."
            ),
            (
                ["servers": ["a": ["command": ["x"], "files": ["py": "python"], "timeout": "0s"]]],
                "Field 'servers.a.timeout' must be more than nothing."
            ),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        var registry = Registry()
        registry.add(LSPQueryTool.self)
        let factory = try #require(registry.tools["lsp_query"])
        let problems = #expect(throws: FieldProblems.self) { _ = try factory.make(settings) }
        #expect(problems?.all.map(\.message) == [message])
    }
}
