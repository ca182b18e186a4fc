import PipelineKit

/// Asks a server until it has all it needs, and a person for what only they can say.
struct InputRounds {
    let server: String
    let answer: InputAnswer?

    /// - Parameters:
    ///   - ask: Asks the server, with what the request carries besides.
    ///   - read: Makes an output of a result that is whole.
    func output(
        _ ask: ([String: JSONValue]) async throws(Failure) -> JSONValue,
        _ read: (JSONValue) -> ToolOutput
    ) async throws(Failure) -> ToolOutput {
        var extra: [String: JSONValue] = [:]
        if let answer {
            var pending = PendingInput(state: answer.request.state)
            pending.take(answer)
            if let question = try pending.question(by: server) { return .asking(question) }
            extra = pending.params
        }
        for _ in 0..<Self.most {
            let result = try await ask(extra)
            guard result["resultType"] == "input_required" else { return read(result) }
            let pending = PendingInput(result)
            if let question = try pending.question(by: server) { return .asking(question) }
            extra = pending.params  // it asks for nothing but to be asked again
        }
        throw Failure(.unavailable, "MCP server '\(server)' asks again and again for nothing.")
    }

    private static let most = 4
}
