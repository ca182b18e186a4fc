import PipelineKit
import PipelineTesting
import ShellTool
import Testing

struct BashExecToolTests {
    private func call(
        _ arguments: JSONValue,
        settings: JSONValue = [:],
        _ files: [String: String] = [:]
    ) async throws -> ToolOutput {
        let tool = try BashExecTool(settings: .init(json: settings))
        let arguments = try BashExecTool.Arguments(json: arguments)
        return try await withTemporaryWorkspace(files) {
            try await tool.call(arguments, in: ToolContext(workspace: $0))
        }
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(of: BashExecTool.self, arguments: ["command": "true"])
    }

    @Test func theCommandRunsInTheWorkspace() async throws {
        let output = try await call(["command": "cat a/b; echo oops >&2"], ["a/b": "hello\n"])
        #expect(output == ToolOutput("hello\noops\n", exitCode: 0))
    }

    @Test func bashIsThere() async throws {
        let output = try await call(["command": "words=(a b); echo ${words[1]}"])
        #expect(output == ToolOutput("b\n", exitCode: 0))
    }

    @Test func silenceIsSaid() async throws {
        #expect(try await call(["command": "true"]) == ToolOutput("[Nothing was printed.]", exitCode: 0))
    }

    @Test func aFailureIsForTheModelToRead() async throws {
        let output = try await call(["command": "printf half; exit 3"])
        #expect(output == ToolOutput("half\n[Exited with 3.]", exitCode: 3, isError: true))
    }

    @Test func aTimeoutIsForTheModelToRead() async throws {
        let output = try await call(["command": "echo so far; sleep 600 & sleep 600", "timeout": 1])
        let text = "so far\n[Killed after 1s, with everything it had started.]"
        #expect(output == ToolOutput(text, exitCode: 143, isError: true))
    }

    @Test func mostOfALongOutputIsKeptFromItsEnd() async throws {
        let output = try await call(["command": "seq 100000"], settings: ["max_output": "1 kB"])
        #expect(output.text.hasPrefix("1\n2\n3\n"))
        #expect(output.text.contains("[... 587895 bytes left out ...]\n"))
        #expect(output.text.hasSuffix("99999\n100000\n"))
        #expect(output.text.utf8.count < 1_100)
    }

    @Test(
        arguments: [
            (["command": " \n"], "Field 'command' must be a command line, but is empty."),
            (["command": "true", "timeout": 0], "Field 'timeout' must be from 1 to 600, but is 0."),
            (["command": "true", "timeout": 601], "Field 'timeout' must be from 1 to 600, but is 601."),
        ] as [(JSONValue, String)]
    )
    func aWrongArgumentIsNamed(arguments: JSONValue, message: String) async throws {
        await #expect(throws: Failure(.invalidInput, message)) { try await call(arguments) }
    }

    @Test(
        arguments: [
            (["max_timeout": "10ms"], "Field 'max_timeout' must be at least '1s', but is '10ms'."),
            (["max_output": "10 B"], "Field 'max_output' must be at least '1 kB', but is '10 B'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let settings = try BashExecTool.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try BashExecTool(settings: settings) }
    }
}
