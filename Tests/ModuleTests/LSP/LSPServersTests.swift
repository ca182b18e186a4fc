import Foundation
import LSPTool
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// Real servers: basedpyright of the virtual environment that `make python` makes, and the toolchain's clangd.
struct LSPServersTests {
    private static let environment = LSPTrial.tests.deletingLastPathComponent().appending(path: ".venv")
        .resolvingSymlinksInPath().path

    private static func python() throws -> JSONValue {
        let program = "\(environment)/bin/basedpyright-langserver"
        try #require(
            FileManager.default.isExecutableFile(atPath: program),
            "There is no '\(program)': run 'make python'."
        )
        return [
            "servers": [
                "python": [
                    "command": [.string(program), "--stdio"], "files": ["py": "python"], "timeout": "120s",
                    "start_timeout": "120s",
                ]
            ]
        ]
    }

    private static let clang: JSONValue = [
        "servers": [
            "c": ["command": ["clangd"], "files": ["c": "c", "h": "c"], "timeout": "120s", "start_timeout": "120s"]
        ]
    ]

    private let project = [
        "calc.py":
            "def add(a: int, b: int) -> int:\n    return a + b\n\n\nclass Calc:\n    def twice(self) -> int:\n        return add(1, 1)\n",
        "main.py": "from calc import add\n\nprint(add(1, \"2\"))\n",
    ]

    @Test(.timeLimit(.minutes(10))) func basedpyrightAnswers() async throws {
        try await LSPTrial.with(project, Self.python()) { trial in try await askOfPython(trial) }
    }

    @Test(.timeLimit(.minutes(10))) func theFirstQuestionIsAnsweredFromTheWholeProject() async throws {
        try await LSPTrial.with(project, Self.python()) { trial in
            let uses = try await trial.ask("references", "calc.py", ["line": 1, "symbol": "add"])
            #expect(uses.split(separator: "\n").filter { $0.hasPrefix("main.py:") }.count == 2, "\(uses)")
        }
    }

    /// The same within the walls of a run, where it can change nothing.
    @Test(.timeLimit(.minutes(10))) func basedpyrightAnswersInTheSandbox() async throws {
        let base = Toolchains.base(ofEnvironment: Self.environment)
        var policy = WorkspacePolicy()
        policy.readable = [Self.environment] + [base].compactMap(\.self)
        try await Cell.with(policy) { cell in
            let trial = try LSPTrial(Self.python(), in: cell.workspace)
            for (path, text) in project { try trial.write(path, text) }
            try await askOfPython(trial)
        }
    }

    private func askOfPython(_ trial: LSPTrial) async throws {
        let add: [String: JSONValue] = ["line": 3, "symbol": "add"]
        #expect(try await trial.ask("definition", "main.py", add) == "calc.py:1:5: def add(a: int, b: int) -> int:")
        #expect(
            try await trial.ask("references", "calc.py", ["line": 1, "symbol": "add"]) == """
                calc.py:1:5: def add(a: int, b: int) -> int:
                calc.py:7:16: return add(1, 1)
                main.py:1:18: from calc import add
                main.py:3:7: print(add(1, "2"))
                """
        )
        let hover = try await trial.ask("hover", "main.py", add)
        #expect(hover.contains("(function) def add("), "\(hover)")
        let symbols = try await trial.ask("symbols", "calc.py")
        #expect(symbols.contains("calc.py:6:9: method Calc.twice: def twice(self) -> int:"), "\(symbols)")
        let found = try await trial.ask("workspace_symbols", nil, ["symbol": "twice"])
        #expect(found.contains("calc.py:6:9: method Calc.twice: def twice(self) -> int:"), "\(found)")
        let wrong = try await trial.ask("diagnostics", "main.py")
        #expect(wrong.hasPrefix("main.py:3:14: error: Argument of type \"Literal['2']\""), "\(wrong)")
        #expect(wrong.hasSuffix("(reportArgumentType): print(add(1, \"2\"))"), "\(wrong)")
        let rename = try await trial.ask("rename", "calc.py", ["line": 1, "symbol": "add", "new_name": "plus"])
        #expect(rename.contains("main.py:3: print(add(1, \"2\"))\nmain.py:3> print(plus(1, \"2\"))"), "\(rename)")

        // What another tool changes is known to the next question, also of a file that was not opened.
        try trial.write("main.py", "from calc import add\n\nprint(add(1, 2))\n")
        let right = try await trial.ask("diagnostics", "main.py")
        #expect(right == "Nothing is wrong with 'main.py', says the server.")
        try trial.write("calc.py", "def add(a: str, b: int) -> int:\n    return b\n")
        let again = try await trial.ask("diagnostics", "main.py")
        #expect(again.hasPrefix("main.py:3:11: error: Argument of type \"Literal[1]\""), "\(again)")
    }

    @Test(.timeLimit(.minutes(10))) func clangdAnswers() async throws {
        let files = [
            "calc.h": "int add(int a, int b);\n",
            "calc.c": "#include \"calc.h\"\n\nint add(int a, int b) { return a + b; }\n",
            "main.c":
                "#include \"calc.h\"\n\nint main(void) { return /* 😀 */ add(1, 2); }\nint other(void) { return /* 😀 */ missing; }\n",
        ]
        try await LSPTrial.with(files, Self.clang) { trial in
            let add: [String: JSONValue] = ["line": 3, "symbol": "add"]
            #expect(try await trial.ask("definition", "main.c", add) == "calc.h:1:5: int add(int a, int b);")
            let wrong = try await trial.ask("diagnostics", "main.c")
            let line = "int other(void) { return /* 😀 */ missing; }"
            #expect(wrong.hasPrefix("main.c:4:34: error: Use of undeclared identifier 'missing'"), "\(wrong)")
            #expect(wrong.hasSuffix(": \(line)"), "\(wrong)")
            #expect(try await trial.ask("diagnostics", "main.c") == wrong)
            let column = try await trial.ask("definition", "main.c", ["line": 3, "column": 33])
            #expect(column == "calc.h:1:5: int add(int a, int b);")
            let hover = try await trial.ask("hover", "main.c", add)
            #expect(hover.contains("int add(int a, int b)"), "\(hover)")
            #expect(try await trial.ask("symbols", "calc.c").contains("calc.c:3:5: function add: "))
            // A header changes, and the file that includes it is wrong in another way.
            try trial.write("calc.h", "int add(int a, int b);\nextern int missing;\n")
            #expect(try await trial.ask("diagnostics", "main.c") == "Nothing is wrong with 'main.c', says the server.")
        }
    }
}
