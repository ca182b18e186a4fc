import Foundation
import MCPTool
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// Servers that others wrote, as they are installed: `make mcp`.
struct MCPServersTests {
    private static let library = MCPTrial.tests.appending(path: "Fixtures/Servers/mcp_sdk_server.py").path

    /// Python takes seconds to start on a busy machine.
    private static func patient(_ words: [String], _ more: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            more.merging(["command": .array(words.map(JSONValue.string)), "start_timeout": "5m", "timeout": "5m"]) {
                $1
            }
        )
    }

    @Test func theServerOfGitTellsTheStatus() async throws {
        let program = try MCPTrial.program("mcp-server-git")
        try await Project.with(["a.txt": "1\n"], git: true) { project in
            try Data("2\n".utf8).write(to: URL(filePath: "\(project.path)/a.txt"))
            let trial = MCPTrial(in: Workspace(path: project.path))
            let tools = try await trial.tools(["git": Self.patient([program, "--repository", project.path])])
            #expect(tools.names.contains("git__git_status"))
            let path: JSONValue = ["repo_path": .string(project.path)]
            let status = try await tools.call("git__git_status", path)
            #expect(!status.isError)
            #expect(status.text.contains("modified:   a.txt"))
            #expect(try await tools.call("git__git_diff_unstaged", path).text.contains("+2"))
            let outside = try await tools.call("git__git_status", ["repo_path": "/"])
            #expect(outside.isError)
            #expect(outside.text.contains("outside the allowed repository"))
        }
    }

    @Test func theServerOfTimeTellsTheTime() async throws {
        let program = try MCPTrial.program("mcp-server-time")
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(["time": Self.patient([program, "--local-timezone", "Europe/Berlin"])])
            #expect(tools.names == ["time__get_current_time", "time__convert_time"])
            let arguments: JSONValue = ["source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"]
            #expect(try await tools.call("time__convert_time", arguments).text.contains("T21:00:00+09:00"))
            #expect(try await tools.call("time__get_current_time", ["timezone": "Nowhere/Nothing"]).isError)
        }
    }

    @Test(arguments: ["auto", "2025-11-25", "2026-07-28"])
    func theOfficialLibraryIsUnderstoodOverStandardStreams(revision: String) async throws {
        let python = try MCPTrial.program("python3")
        try await MCPTrial.with { trial in
            try await expectEverything(
                of: trial.tools([
                    "sdk": Self.patient([python, Self.library, "stdio"], ["protocol": .string(revision)])
                ])
            )
        }
    }

    @Test(arguments: [
        ("http", "auto"), ("http", "2025-11-25"), ("http", "2026-07-28"), ("http-json", "2025-11-25"),
        ("http-json", "2026-07-28"), ("http-stateless", "2025-11-25"),
    ])
    func theOfficialLibraryIsUnderstoodOverHTTP(kind: String, revision: String) async throws {
        let python = try MCPTrial.program("python3")
        let server = try await HTTPServerProgram.start(python, [Self.library, kind])
        try await MCPTrial.with { trial in
            try await expectEverything(
                of: trial.tools([
                    "sdk": [
                        "url": .string(server.url("/mcp")), "protocol": .string(revision), "start_timeout": "5m",
                        "timeout": "5m",
                    ]
                ]),
                // One that answers with a document has no way to tell anything before it.
                tellsProgress: kind != "http-json"
            )
        }
    }

    private func expectEverything(of tools: MCPTools, tellsProgress: Bool = true) async throws {
        #expect(
            tools.names == [
                "sdk__add", "sdk__add_structured", "sdk__names", "sdk__slow", "sdk__fail", "sdk__list_resources",
                "sdk__read_resource", "sdk__list_prompts", "sdk__get_prompt",
            ]
        )
        #expect(try await tools.call("sdk__add", ["a": 2, "b": 3]) == ToolOutput("5"))
        let structured = try await tools.call("sdk__add_structured", ["a": 2, "b": 3]).text
        #expect(try JSONValue(parsing: structured) == ["value": 5])
        #expect(try await tools.call("sdk__names").text == "ada\ngrace")
        let news = Mutex<[String]>([])
        let slow = try await tools.call("sdk__slow", progress: { piece in news.withLock { $0.append(piece) } })
        #expect(slow.text == "done")
        if tellsProgress {
            #expect(news.withLock(\.self) == ["1 of 3: step 1\n", "2 of 3: step 2\n", "3 of 3: step 3\n"])
        }
        let failed = try await tools.call("sdk__fail")
        #expect(failed.isError)
        #expect(failed.text.contains("fail"))
        #expect(try await tools.call("sdk__add", ["a": "many"]).isError)
        #expect(try await tools.call("sdk__list_resources").text.contains("note:///one"))
        #expect(try await tools.call("sdk__read_resource", ["uri": "note:///one"]).text.hasSuffix("\nremember"))
        #expect(try await tools.call("sdk__list_prompts").text == "review(code): Reviews some code.")
        let prompt = try await tools.call("sdk__get_prompt", ["name": "review", "arguments": ["code": "x"]])
        #expect(prompt.text == "user:\nReview x.")
    }
}
