import FoundationEssentials
import PipelineKit

/// What a tool of a server gave, as what a tool here gives.
struct ToolResult {
    private let json: JSONValue
    private let server: String

    init(_ json: JSONValue, of server: String) {
        self.json = json
        self.server = server
    }

    var output: ToolOutput {
        if json["resultType"] == "input_required" { return InputRequired.givenUp(json, by: server) }
        var content = ContentBlocks(json["content"]?.elements ?? [])
        if let structured = json["structuredContent"], structured != .null, !content.say(structured) {
            content.add(text: structured.prettyText)
        }
        return content.output(isError: json["isError"] == true)
    }
}

/// What a server cannot go on without.
enum InputRequired {
    /// Says what the server asks for; nobody is asked, and the call counts as failed.
    ///
    /// The one place that decides what becomes of an `InputRequiredResult` (2026-07-28): whatever can put the question to a
    /// person and ask the server again with `inputResponses` and `requestState` stands here in its place.
    static func givenUp(_ result: JSONValue, by server: String) -> ToolOutput {
        let asked = (result["inputRequests"]?.members ?? [:]).sorted { $0.key < $1.key }.map { key, request in
            let params = request["params"]
            let message = params?["message"]?.text ?? params?["prompt"]?.text
            let method = Untrusted.text(request["method"]?.text ?? "something", most: 80)
            return "- \(Untrusted.text(key, most: 80)) (\(method))"
                + (message.map { ": \(Untrusted.quoted($0))" } ?? "")
        }
        let list = asked.isEmpty ? "It does not say for what." : asked.joined(separator: "\n")
        return ToolOutput(
            """
            MCP server '\(server)' has not done this: it asks for more, which cannot be given to it here.
            \(list)
            """,
            isError: true
        )
    }
}

extension JSONValue {
    var prettyText: String { String(decoding: encoded(.pretty), as: UTF8.self) }
}
