import PipelineKit
import PipelineTesting
import Testing

@testable import MCPTool

/// What becomes of the words of a server.
struct MCPWordsTests {
    @Test func whateverToolsAreCalledTheirNamesCanBeUsedAndDiffer() {
        for seed in 0..<200 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let server = String(repeating: "s", count: dice.roll(1...32))
            let tools = Set(
                (0..<30).map { _ in
                    (0..<dice.roll(1...90)).map { _ in dice.pick(["a", "b", "_", "-", ".", " ", "é", "/", "🙂"]) }
                        .joined()
                }
            ).sorted()
            var names = ToolNames(server)
            let ids = tools.map { names.name(for: $0) }
            #expect(Set(ids).count == tools.count, "seed \(seed)")
            #expect(ids.allSatisfy { $0.isUsableByModels && $0.value.hasPrefix("\(server)__") }, "seed \(seed)")
            for (tool, id) in zip(tools, ids) {
                var alone = ToolNames(server)
                #expect(alone.name(for: tool) == id, "It does not matter what else there is: \(tool)")
            }
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("two words", "two words"), ("", ""), (" edge", "=?base64?IGVkZ2U=?="),
        ("é", "=?base64?w6k=?="), ("a\nb", "=?base64?YQpi?="), ("=?base64?x?=", "=?base64?PT9iYXNlNjQ/eD89?="),
    ])
    func whatAHeaderCannotHoldIsWrapped(text: String, header: String) {
        #expect(MirroredArguments.encoded(text) == header)
    }

    @Test func argumentsAreMirroredAsTheSchemaSays() {
        let schema: JSONValue = [
            "properties": [
                "region": ["type": "string", "x-mcp-header": "Region"],
                "count": ["type": "integer", "x-mcp-header": "Count"],
                "share": ["type": "number", "x-mcp-header": "Share"],
                "odd": ["type": "string", "x-mcp-header": "no token"],
                "where": ["type": "object", "properties": ["zone": ["type": "boolean", "x-mcp-header": "Zone"]]],
                "plain": ["type": "string"],
            ]
        ]
        let arguments: JSONValue = [
            "region": "é", "count": 3, "share": 1.5, "odd": "x", "where": ["zone": true], "plain": "y",
        ]
        #expect(
            MirroredArguments(schema).headers(arguments) == [
                .init("Mcp-Param-Count", "3"), .init("Mcp-Param-Region", "=?base64?w6k=?="),
                .init("Mcp-Param-Zone", "true"),
            ]
        )
        #expect(MirroredArguments(schema).headers(["region": 5]) == [.init("Mcp-Param-Region", "5")])
        #expect(MirroredArguments(schema).headers([:]) == [])
    }

    @Test func whatHidesOrMovesTextIsLeftOut() {
        #expect(Untrusted.text("a\u{1B}[31mb\u{202E}c\u{200B}d\ne\tf", most: 100) == "a[31mbcd\ne\tf")
        #expect(Untrusted.text("abcdef", most: 3) == "abc…")
        #expect(Untrusted.quoted("two\nlines") == "\"two lines\"")
    }

    @Test func aToolIsReadWithWhatIsTooLongLeftOut() throws {
        let long: JSONValue = [
            "name": "t",
            "inputSchema": ["properties": ["a": ["const": .string(String(repeating: "x", count: 40_000))]]],
        ]
        let tool = try #require(ListedTool(long))
        #expect(tool.schema == ["type": "object"])
        #expect(tool.summary == "t\n(What it takes is too long to be shown.)")
        let titled = try #require(ListedTool(["name": "t", "title": "A title", "inputSchema": 5]))
        #expect(titled.summary == "A title" && titled.schema == ["type": "object"])
        let talkative = try #require(
            ListedTool(["name": "t", "description": .string(String(repeating: "y", count: 5_000))])
        )
        #expect(talkative.summary == String(repeating: "y", count: 4_000) + "…")
        for wrong in [[:], ["name": ""], ["name": 5], ["name": .string(String(repeating: "n", count: 300))], 7]
            as [JSONValue]
        {
            #expect(ListedTool(wrong) == nil)
        }
    }

    @Test(
        arguments: [
            (["content": [["type": "text", "text": "{\"a\": 1}"]], "structuredContent": ["a": 1]], "{\"a\": 1}"),
            (["content": [["type": "text", "text": "5"]], "structuredContent": ["result": 5]], "5"),
            (["content": [["type": "text", "text": "5"]], "structuredContent": ["result": "5"]], "5"),
            (
                [
                    "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]],
                    "structuredContent": ["result": ["a", "b"]],
                ], "a\nb"
            ),
            (
                ["content": [["type": "text", "text": "short"]], "structuredContent": ["a": 1]],
                "short\n{\n  \"a\": 1\n}"
            ),
            (["structuredContent": [1]], "[\n  1\n]"),
            ([:], ""),
            (["content": 7], ""),
        ] as [(JSONValue, String)]
    )
    func aValueIsShownUnlessTheTextsSayIt(result: JSONValue, text: String) {
        #expect(ToolResult(result).output == ToolOutput(text))
    }

    @Test(
        arguments: [
            (["command": ["a"]], false), (["command": ["a"], "confined": false], true), (["url": "http://a"], true),
        ] as [(JSONValue, Bool)]
    )
    func onlyWhatIsInTheWallsOfARunIsThatRunsAlone(declared: JSONValue, isShared: Bool) throws {
        let declaration = try ServerDeclaration(json: declared)
        let identities = ["1", "2"].map { run in
            var workspace = Workspace(path: "/project")
            workspace.confinement = Confinement(temporary: "/rooms/\(run)", home: "/homes/\(run)")
            return ServerIdentity("a", declaration, workspace)
        }
        #expect((identities[0] == identities[1]) == isShared)
        #expect(ServerIdentity("a", declaration, Workspace(path: "/other")) != identities[0])
    }
}
