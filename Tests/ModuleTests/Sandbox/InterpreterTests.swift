import Foundation
import InterpretersTool
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing
import WorkspaceKit

/// What code prints, how it fails, and that it runs in a sandbox or not at all.
struct InterpreterTests {
    private func python(_ code: String, in cell: Cell, _ settings: JSONValue = [:]) async throws -> ToolOutput {
        try await call("python_exec", ["code": .string(code)], settings, in: cell.workspace)
    }

    private func call(
        _ tool: String,
        _ arguments: JSONValue,
        _ settings: JSONValue = [:],
        in workspace: Workspace
    ) async throws -> ToolOutput {
        var registry = Registry()
        registry.add(PythonExecTool.self)
        registry.add(JSExecTool.self)
        let factory = try #require(registry.tools[ModuleID(tool)])
        return try await factory.make(settings).call(arguments, ToolContext(workspace: workspace))
    }

    @Test func keepTheirPromises() async throws {
        try await Project.with { project in
            let sandboxes = WorkspaceSandboxes(state: project.state)
            func confined(_ workspace: Workspace) async throws -> Workspace {
                var workspace = workspace
                workspace.confinement = try await sandboxes.walls(for: "r1", workspace, WorkspacePolicy(), .calls)
                return workspace
            }
            try await expectConformance(of: PythonExecTool.self, arguments: ["code": "1"], confining: confined)
            try await expectConformance(of: JSExecTool.self, arguments: ["code": "1"], confining: confined)
        }
    }

    @Test(arguments: ["python_exec", "js_exec"])
    func withoutASandboxNothingRuns(tool: String) async throws {
        try await withTemporaryWorkspace { workspace in
            let message =
                "'\(tool)' runs code in a sandbox only, and this run has none. Set 'sandbox: required' below 'workspace' "
                + "in the pipeline; 'sluice doctor' tells what the machine lacks for it."
            await #expect(throws: Failure(.denied, message)) {
                _ = try await call(tool, ["code": "open('x', 'w')"], in: workspace)
            }
            let left = try FileTree(workspace.path).entries
            #expect(left.isEmpty)
        }
    }

    @Test func theNetworkIsInReachUnlessTheWallsKeepItOut() throws {
        let tool = try PythonExecTool(settings: .init())
        let arguments = try PythonExecTool.Arguments(json: ["code": "1"])
        var workspace = Workspace(path: "/nowhere")
        #expect(tool.scope(of: arguments, in: workspace).reach == [.reads, .writes, .runs, .network])
        for (network, reach) in [(.none, [.reads, .writes, .runs]), (.all, [.reads, .writes, .runs, .network])]
            as [(Confinement.Network, Set<Reach>)]
        {
            workspace.confinement = Confinement(temporary: "/t", home: "/h", network: network)
            #expect(tool.scope(of: arguments, in: workspace).reach == reach)
        }
    }

    @Test(arguments: [
        ("1 + 1", "2\n"), ("'é\\n'", "'é\\n'\n"), ("x = 3\nx", "3\n"), ("None", "[Nothing was printed.]"),
        ("1\n2", "2\n"), ("x = 3", "[Nothing was printed.]"), ("# nothing", "[Nothing was printed.]"),
        ("print('a')\nimport sys\nprint('b', file=sys.stderr)\nprint('c')", "a\nb\nc\n"),
        ("from __future__ import annotations\ndef f(x: nowhere): pass\nf.__annotations__", "{'x': 'nowhere'}\n"),
        ("if __name__ == '__main__':\n    print(open('sub/file').read())", "1\n\n"),
        ("import module\nmodule.value", "7\n"), ("import sys\nsys.stdin.read()", "''\n"),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nA(1)", "A(x=1)\n"),
        ("import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))) is A", "True\n"),
        ("'-' * 3 + \"'$HOME\"", "\"---'$HOME\"\n"),
    ])
    func pythonShowsTheLastValue(code: String, text: String) async throws {
        try await Cell.with { cell in
            try Data("value = 7\n".utf8).write(to: URL(filePath: "\(cell.path)/module.py"))
            // A module of the workspace takes the place of no other that the prelude needs.
            try Data("raise Exception\n".utf8).write(to: URL(filePath: "\(cell.path)/ast.py"))
            #expect(try await python(code, in: cell) == ToolOutput(text, exitCode: 0))
            #expect(!FileManager.default.fileExists(atPath: "\(cell.path)/__pycache__"))
        }
    }

    @Test(arguments: [
        (
            "def f(x):\n    return 1 / x\n\nf(0)",
            """
            Traceback (most recent call last):
              File "<snippet>", line 4, in <module>
                f(0)
              File "<snippet>", line 2, in f
                return 1 / x
                       ~~^~~
            ZeroDivisionError: division by zero
            [Exited with 1.]
            """, 1
        ),
        (
            "x = 1\ny = = 2",
            """
              File "<snippet>", line 2
                y = = 2
                    ^
            SyntaxError: invalid syntax
            [Exited with 1.]
            """, 1
        ),
        (
            "try:\n    {}['k']\nexcept KeyError:\n    raise ValueError('v')",
            """
            Traceback (most recent call last):
              File "<snippet>", line 2, in <module>
                {}['k']
                ~~^^^^^
            KeyError: 'k'

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "<snippet>", line 4, in <module>
                raise ValueError('v')
            ValueError: v
            [Exited with 1.]
            """, 1
        ),
        ("import sys\nprint('so far')\nsys.exit(3)", "so far\n[Exited with 3.]", 3),
        ("import sys\nsys.exit('sorry')", "sorry\n[Exited with 1.]", 1),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "[Exited with 137.]", 137),
    ])
    func aTracebackShowsTheSnippetAlone(code: String, text: String, status: Int) async throws {
        try await Cell.with { cell in
            let output = try await call(
                "python_exec",
                ["code": .string(code)],
                ["program": "/usr/bin/python3"],
                in: cell.workspace
            )
            #expect(output == ToolOutput(text, exitCode: status, isError: true))
        }
    }

    @Test func thePythonOfTheProjectComesFirst() async throws {
        try await Cell.with { cell in
            try await cell.make(".venv/bin/python", "#!/bin/sh\necho the project\\'s: $1 $2\n")
            #expect(try await python("1", in: cell).text == "the project's: -u -c\n")
            #expect(try await python("1", in: cell, ["program": "python3"]).text == "1\n")
        }
    }

    @Test func codeReachesWhatCommandsReach() async throws {
        try await Cell.with { cell in
            let code = """
                import os
                open('made', 'w').write('x')
                open('/tmp/kept', 'w').write('y')
                for path in ['\(cell.outside)/secret', '\(cell.state)/sluice.db', 'hidden.db', '/etc/shadow']:
                    try: print(open(path).read())
                    except OSError as error: print(type(error).__name__)
                'SLUICE_TEST_SECRET' in os.environ
                """
            let output = try await python(code, in: cell)
            #expect(!output.text.contains(cell.secret))
            #expect(output.text.hasSuffix("False\n"))
            #expect(FileManager.default.fileExists(atPath: "\(cell.path)/made"))
            #expect(try await python("open('/tmp/kept').read()", in: cell).text == "'y'\n")
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["python_exec", "js_exec"])
    func whatTakesTooLongIsKilled(tool: String) async throws {
        try await Cell.with { cell in
            let code = tool == "js_exec" ? "console.log('so far'); for (;;) {}" : "print('so far')\nwhile True: pass"
            let output = try await call(tool, ["code": .string(code), "timeout": 3], in: cell.workspace)
            let text = "so far\n[Killed after 3s, with everything it had started.]"
            #expect(output == ToolOutput(text, exitCode: output.exitCode, isError: true))
        }
    }

    @Test func longOutputIsCut() async throws {
        try await Cell.with { cell in
            let output = try await python("for n in range(100000): print(n)", in: cell, ["max_output": "1 kB"])
            #expect(output.text.hasPrefix("0\n1\n2\n"))
            #expect(output.text.contains(" bytes left out ...]\n"))
            #expect(output.text.hasSuffix("99998\n99999\n"))
            #expect(output.text.utf8.count < 1_100)
        }
    }

    @Test(arguments: [
        ("console.log(1 + 1); console.error('e'); console.log('c')", false, "2\ne\nc\n"),
        ("const fs = require('fs'); console.log(fs.readFileSync('sub/file', 'utf8'))", false, "1\n\n"),
        ("console.log(require('./module.js').value)", false, "7\n"),
        ("import fs from 'fs'; console.log(await Promise.resolve(fs.existsSync('sub')))", true, "true\n"),
        ("'nothing'", false, "[Nothing was printed.]"),
    ])
    func javaScriptPrints(code: String, isModule: Bool, text: String) async throws {
        try await Cell.with { cell in
            try Data("exports.value = 7\n".utf8).write(to: URL(filePath: "\(cell.path)/module.js"))
            let arguments: JSONValue = ["code": .string(code), "module": .bool(isModule)]
            #expect(try await call("js_exec", arguments, in: cell.workspace) == ToolOutput(text, exitCode: 0))
        }
    }

    @Test func anErrorOfJavaScriptNamesTheLine() async throws {
        try await Cell.with { cell in
            let output = try await call("js_exec", ["code": "const x = 1;\nnull.f;"], in: cell.workspace)
            #expect(output.text.hasPrefix("[stdin]:2\nnull.f;\n     ^\n\nTypeError: Cannot read properties of null"))
            #expect(output.text.hasSuffix("\n[Exited with 1.]"))
            #expect(output.exitCode == 1 && output.isError)
        }
    }

    /// Programs of these names that tell what they are given, as neither is here.
    @Test(arguments: [("deno", "run --allow-all --no-prompt -\ncode\n"), ("bun", "run -\ncode\n")])
    func othersReadTheCodeAsWell(name: String, text: String) async throws {
        try await Cell.with { cell in
            try await cell.make("bin/\(name)", "#!/bin/sh\necho \"$@\"; cat; echo\n")
            let settings: JSONValue = ["program": .string("\(cell.path)/bin/\(name)")]
            #expect(try await call("js_exec", ["code": "code"], settings, in: cell.workspace).text == text)
        }
    }

    @Test(
        arguments: [
            (["code": " \n"], "Field 'code' must be code, but is empty."),
            (["code": "1", "timeout": 0], "Field 'timeout' must be from 1 to 600, but is 0."),
            (["code": "1", "timeout": 601], "Field 'timeout' must be from 1 to 600, but is 601."),
        ] as [(JSONValue, String)],
        ["python_exec", "js_exec"]
    )
    func aWrongArgumentIsNamed(_ wrong: (JSONValue, String), tool: String) async throws {
        await #expect(throws: Failure(.invalidInput, wrong.1)) {
            _ = try await call(tool, wrong.0, in: Workspace(path: "/nowhere"))
        }
    }

    @Test(
        arguments: [
            (["max_timeout": "10ms"], "Field 'max_timeout' must be at least '1s', but is '10ms'."),
            (["max_output": "10 B"], "Field 'max_output' must be at least '1 kB', but is '10 B'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let settings = try PythonExecTool.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try PythonExecTool(settings: settings) }
        #expect(throws: Failure(.invalidInput, message)) { try JSExecTool(settings: settings) }
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        try await Cell.with { cell in
            await #expect(throws: Failure(.missing, "'no-python' was not found in PATH.")) {
                _ = try await python("1", in: cell, ["program": "no-python"])
            }
        }
    }
}

extension Cell {
    /// A program in the workspace.
    fileprivate func make(_ name: String, _ text: String) async throws {
        let file = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
}
