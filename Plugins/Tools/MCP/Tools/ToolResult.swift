import FoundationEssentials
import PipelineKit

/// What a tool of a server gave, as what a tool here gives.
struct ToolResult {
    private let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    var output: ToolOutput {
        var content = ContentBlocks(json["content"]?.elements ?? [])
        if let structured = json["structuredContent"], structured != .null, !content.say(structured) {
            content.add(text: structured.prettyText)
        }
        return content.output(isError: json["isError"] == true)
    }
}

extension JSONValue {
    var prettyText: String { String(decoding: encoded(.pretty), as: UTF8.self) }
}
