import Foundation
import MCPTool
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// Servers that are programs: what they say becomes tools, and what they do wrong is told.
struct MCPProgramTests {
    @Test(arguments: ["handshake", "both", "stateless", "exits"])
    func whateverItSpeaksItsToolsAreTheSame(speak: String) async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake("--speak", speak))
            #expect(
                tools.names == [
                    "fake__echo", "fake__fail", "fake__crash", "fake__hang", "fake__slow", "fake__garbage",
                    "fake__flood",
                    "fake__everything", "fake__structured", "fake__ask", "fake__meta", "fake__grow", "fake__need",
                    "fake__sample", "fake__again",
                    "fake__pid", "fake__environment", "fake__with_blank_e05d9720", "fake__with_blank_1609edac",
                    "fake__" + String(repeating: "x", count: 49) + "_1879e320",
                    "fake__list_resources", "fake__read_resource", "fake__list_prompts", "fake__get_prompt",
                ]
            )
            #expect(try await tools.call("fake__echo", ["text": "hé\nllo"]) == ToolOutput("hé\nllo"))
        }
    }

    @Test func aToolIsWhatTheServerSaysOfIt() async throws {
        try await MCPTrial.with { trial in
            let echo = try await trial.tools(MCPTrial.fake()).factory("fake__echo")
            #expect(echo.summary == "Says[2J it again.")
            #expect(echo.reach == [.reads, .writes, .runs, .network])
            #expect(echo.arguments.map(\.name) == ["text"] && echo.arguments.allSatisfy(\.isRequired))
            let ask = try await trial.tools(MCPTrial.fake()).factory("fake__ask")
            #expect(ask.arguments.map(\.name) == ["method"] && !ask.arguments.contains(where: \.isRequired))
            #expect(
                echo.specification.arguments == [
                    "type": "object", "required": ["text"],
                    "properties": ["text": ["type": "string", "description": "What to say."]],
                ]
            )
        }
    }

    @Test func whatAToolSaysOfItselfNarrowsOnlyWhereThatIsDeclared() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake(more: ["trust_annotations": true]))
            #expect(try tools.factory("fake__echo").reach == [.reads])
            #expect(try tools.factory("fake__fail").reach == [.reads, .writes, .runs, .network])
            #expect(try tools.factory("fake__read_resource").reach == [.reads])
        }
    }

    @Test func onlyDeclaredToolsAreThere() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake(more: ["tools": ["e*", "pid", "read_resource"]]))
            #expect(
                tools.names
                    == ["fake__echo", "fake__everything", "fake__environment", "fake__pid", "fake__read_resource"]
                    .sorted { left, right in
                        tools.names.firstIndex(of: left) ?? 0 < tools.names.firstIndex(of: right) ?? 0
                    }
            )
        }
    }

    @Test func whatAToolGivesIsShown() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            #expect(try await tools.call("fake__fail") == ToolOutput("It went wrong.", isError: true))
            #expect(try await tools.call("fake__structured").text == "{\n  \"sum\": 3\n}")
            let everything = try await tools.call("fake__everything")
            #expect(everything.images.map(\.words) == ["image/png, 1 x 1, 70 bytes"])
            #expect(
                everything.text == """
                    a text
                    [audio, audio/wav, 5 bytes, not shown]
                    [image whose bytes cannot be read]
                    [resource note:///one]
                    remember
                    [link to note:///two] two: the second
                    [hologram that cannot be shown]
                    """
            )
        }
    }

    @Test func resourcesAndPromptsAreTools() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            let listed = try await tools.call("fake__list_resources").text
            #expect(listed == "note:///one (text/plain) one: The first note.")
            #expect(
                try await tools.call("fake__read_resource", ["uri": "note:///one"]).text == """
                    [resource note:///one]
                    remember
                    [resource note:///one.bin, application/x, 4 bytes, not shown]
                    """
            )
            #expect(
                await tools.failure("fake__read_resource", ["uri": "x"])?.message == """
                    MCP server 'fake' refused 'resources/read': "Resource not found" with "{"uri":"x"}" (code -32602).
                    """
            )
            #expect(
                await tools.failure("fake__read_resource", ["url": "x"])?.message == """
                    Unknown field 'url'. Did you mean 'uri'?
                    """
            )
            #expect(try await tools.call("fake__list_prompts").text == "review(code, style?): Reviews.")
            let prompt = try await tools.call("fake__get_prompt", ["name": "review", "arguments": ["code": "x = 1"]])
            #expect(prompt.text == "user:\nReview x = 1.")
        }
    }

    @Test func newsOfACallAreShownWhileItLasts() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            let news = Mutex<[String]>([])
            let output = try await tools.call("fake__slow", progress: { piece in news.withLock { $0.append(piece) } })
            #expect(output.text == "done")
            #expect(news.withLock(\.self) == ["1 of 2: half\n", "[warning] disk: {\"slow\":true}\n"])
        }
    }

    @Test func whatTheServerAsksIsAnsweredAsFarAsItWasOffered() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake(more: ["protocol": "2025-11-25"]))
            #expect(try await tools.call("fake__ask", ["method": "ping"]).text == "{}")
            let roots = try await tools.call("fake__ask", ["method": "roots/list"]).text
            #expect(roots == #"{"roots": [{"name": "workspace", "uri": "file://\#(trial.workspace.path)"}]}"#)
            let sampling = try await tools.call("fake__ask", ["method": "sampling/createMessage"]).text
            #expect(
                sampling == """
                    {"code": -32601, "message": "'sampling/createMessage' is not offered: it was not among the client's \
                    capabilities."}
                    """
            )
        }
    }

    @Test func eachRequestOfTheStatelessRevisionSaysEverything() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake("--speak", "stateless"))
            let meta = try JSONValue(parsing: try await tools.call("fake__meta").text)["meta"]?.members ?? [:]
            let key = "io.modelcontextprotocol"
            #expect(meta["\(key)/protocolVersion"] == "2026-07-28")
            #expect(meta["\(key)/clientInfo"] == ["name": "sluice", "version": "1.2.3"])
            #expect(meta["\(key)/clientCapabilities"] == ["elicitation": ["form": [:], "url": [:]]])
            #expect(meta["progressToken"]?.integer != nil && meta.count == 4)
        }
    }

    @Test func argumentsThatAreNoMappingAreRefusedHere() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            #expect(
                await tools.failure("fake__echo", [1])?.message == "The arguments must be a mapping, but are a list."
            )
        }
    }

    @Test func aListThatChangedIsReadAgain() async throws {
        try await MCPTrial.with { trial in
            let declared = MCPTrial.fake(more: ["tools": ["grow", "extra*"]])
            let tools = try await trial.tools(declared)
            #expect(tools.names == ["fake__grow"])
            _ = try await tools.call("fake__grow")
            #expect(try await trial.tools(declared).names == ["fake__grow", "fake__extra0"])
        }
    }

    @Test func aSecretReachesTheServerAndNothingElseDoes() async throws {
        try await MCPTrial.with(secrets: ["env:MY_TOKEN": "hush"]) { trial in
            setenv("SLUICE_TEST_UNSEEN", "seen", 1)
            let tools = try await trial.tools(
                MCPTrial.fake(more: ["env": ["TOKEN": "env:MY_TOKEN", "PLAIN": "plain"]])
            )
            #expect(try await tools.call("fake__environment", ["name": "TOKEN"]).text == "hush")
            #expect(try await tools.call("fake__environment", ["name": "PLAIN"]).text == "plain")
            #expect(try await tools.call("fake__environment", ["name": "SLUICE_TEST_UNSEEN"]).text == "nothing")
        }
    }

    @Test func aConfinedServerSeesTheWorkspaceAndNotWhatIsAroundIt() async throws {
        try await Cell.with { cell in
            let script = """
                import json, sys
                for line in sys.stdin:
                    message = json.loads(line)
                    if "id" not in message: continue
                    result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}
                    if message["method"] == "tools/list": result = {"tools": [{"name": "read"}]}
                    if message["method"] == "tools/call":
                        try: text = open(message["params"]["arguments"]["path"]).read()
                        except OSError as error: text = error.strerror
                        result = {"content": [{"type": "text", "text": text}]}
                    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
                """
            for (confined, expected) in [(true, "No such file or directory"), (false, "\(cell.secret)\n")] {
                let tools = try await MCPTrial(in: cell.workspace).tools([
                    "files": ["command": ["python3", "-c", .string(script)], "confined": .bool(confined)]
                ])
                #expect(
                    try await tools.call("files__read", ["path": .string("\(cell.path)/README.md")]).text
                        == "a project\n"
                )
                #expect(
                    try await tools.call("files__read", ["path": .string("\(cell.outside)/secret")]).text == expected
                )
            }
        }
    }

    @Test func oneThatIsNotConfinedIsNothingThatTheModelCouldChange() async throws {
        try await MCPTrial.with { trial in
            let program = "\(trial.workspace.path)/server.py"
            try Data(contentsOf: URL(filePath: MCPTrial.server)).write(to: URL(filePath: program))
            let command: JSONValue = ["/usr/bin/python3", .string(program)]
            #expect(try await trial.tools(["own": ["command": command]]).names.count == 24)
            let failure = await #expect(throws: Failure.self) {
                _ = try await trial.tools(["own": ["command": command, "confined": false]])
            }
            #expect(
                failure
                    == Failure(
                        .denied,
                        """
                        MCP server 'own' is not confined, and names '\(program)', which lies in the workspace, where the model could \
                        change it. Keep it elsewhere, or leave 'confined: false' out.
                        """
                    )
            )
        }
    }

    @Test func noneOfItsWordsLeadsIntoTheWorkspace() async throws {
        try await MCPTrial.with { trial in
            let path = trial.workspace.path
            for folder in ["srv", "lib"] {
                try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
            }
            try FileManager.default.createSymbolicLink(atPath: "\(path)/away", withDestinationPath: "/usr")
            for word in [
                "\(path)/srv", "\(path)/srv/", path, "srv", "./srv", "lib/../srv", "--load=\(path)/srv", "--load=srv",
                "-I\(path)/lib", "exec python3 \(path)/srv", "PYTHONPATH=/usr/lib:\(path)/lib", "file://\(path)/srv",
                "\(path)/away/bin/python3", "\(path)/made/later", "..\(path)/srv",
            ] {
                let command: JSONValue = ["/usr/bin/python3", .string(word), "dir"]
                let failure = await #expect(throws: Failure.self) {
                    _ = try await trial.tools(["d": ["command": command, "confined": false]])
                }
                #expect(
                    failure?.message == """
                        MCP server 'd' is not confined, and names '\(word)', which lies in the workspace, where the model could \
                        change it. Keep it elsewhere, or leave 'confined: false' out.
                        """
                )
            }
        }
    }

    @Test func aProgramOfThePathIsNoWordOfTheWorkspace() async throws {
        try await withTemporaryWorkspace(["python3": "text"]) { workspace in
            let declared: JSONValue = [
                "own": ["command": ["python3", .string(MCPTrial.server), "--speak", "both"], "confined": false]
            ]
            let names = try await MCPTrial(in: workspace).tools(declared).names
            #expect(names.count == 24)
        }
    }
}
