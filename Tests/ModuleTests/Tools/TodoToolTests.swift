import PipelineKit
import PipelineTesting
import Testing
import TodoTool

/// What is written down, and what is no list.
struct TodoToolTests {
    private func write(_ items: JSONValue) async throws -> String {
        var registry = Registry()
        registry.add(TodoTool.self)
        let tool = try #require(registry.tools["todo"]).make([:])
        return try await tool.call(["items": items], ToolContext(workspace: Workspace(path: "/nowhere"))).text
    }

    private static func items(_ count: Int, _ status: JSONValue = "pending") -> JSONValue {
        .array((0..<count).map { ["text": .string("step \($0)"), "status": status] })
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(of: TodoTool.self, arguments: ["items": Self.items(1)])
    }

    @Test func theListIsReadBack() async throws {
        let text = try await write([
            ["text": "read the code", "status": "done"], ["text": " change it\n", "status": "in_progress"],
            ["text": "run the tests"],
        ])
        #expect(text == "1 of 3 done.\n1. [x] read the code\n2. [~] change it\n3. [ ] run the tests")
        #expect(try await write([]) == "The list is empty.")
    }

    @Test func aHundredItemsAreEnough() async throws {
        let lines = try await write(Self.items(100, "done")).split(separator: "\n")
        #expect(lines.count == 101)
        #expect(lines.prefix(3) == ["100 of 100 done.", "  1. [x] step 0", "  2. [x] step 1"])
        #expect(lines.last == "100. [x] step 99")
    }

    @Test(
        arguments: [
            (items(101), "Field 'items' may have 100 items, but has 101."),
            (items(3, "in_progress"), "Field 'items' may have one item in progress, but has 3: 1, 2, 3."),
            ([["text": " "]], "Field 'items[0].text' must say what is to be done, but is empty."),
            ([["text": "a\nb"]], "Field 'items[0].text' must be one line, but has several."),
            (
                [["text": .string(String(repeating: "x", count: 501))]],
                "Field 'items[0].text' may have 500 characters, but has 501."
            ),
            (
                [["text": "a", "status": "finished"]],
                "Field 'items[0].status' must be one of pending, in_progress, done, but is \"finished\"."
            ),
            ([["txt": "a"]], "Unknown field 'txt'. Did you mean 'text'?"),
        ] as [(JSONValue, String)]
    )
    func whatIsNoListIsRefused(items: JSONValue, message: String) async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await write(items) }
        #expect(failure?.message == message)
    }
}
