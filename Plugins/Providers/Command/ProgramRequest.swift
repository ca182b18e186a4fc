import PipelineKit

extension ModelRequest {
    /// The request as a program reads it.
    ///
    /// ```json
    /// {
    ///   "protocol": 1, "model": "local", "system": "...", "maximum_output": 16000, "attempt": 1,
    ///   "messages": [
    ///     {"role": "user", "text": "..."},
    ///     {"role": "assistant", "text": "...", "calls": [{"id": "c1", "tool": "file_read", "arguments": {...}}]},
    ///     {"role": "tool", "call": "c1", "tool": "file_read", "text": "...", "is_error": false}
    ///   ],
    ///   "tools": [{"name": "file_read", "summary": "...", "arguments": {...}}]
    /// }
    /// ```
    ///
    /// With `"form": {"name": "verdict", "schema": {...}}` where the text of the reply is to be JSON.
    func forProgram(attempt: Int) -> JSONValue {
        var members: [String: JSONValue] = [
            "protocol": 1,
            "model": .string(model),
            "system": .string(system),
            "messages": .array(messages.map { $0.forProgram(self) }),
            "tools": .array(tools.map(\.forProgram)),
            "maximum_output": .int(maximumOutput),
            "attempt": .int(attempt),
        ]
        if let form { members["form"] = ["name": .string(form.name), "schema": form.schema] }
        return .object(members)
    }
}

extension Message {
    fileprivate func forProgram(_ request: ModelRequest) -> JSONValue {
        switch self {
        case .user(let text): return ["role": "user", "text": .string(text)]
        case .assistant(let text, let calls, let keepsake):
            var members: [String: JSONValue] = [
                "role": "assistant", "text": .string(text), "calls": .array(calls.map(\.forProgram)),
            ]
            members["keepsake"] = ProgramKeepsake.opened(keepsake, for: request.model)
            return .object(members)
        case .tool(let call, let name, let text, let isError, let images):
            var members: [String: JSONValue] = [
                "role": "tool", "call": .string(call.value), "tool": .string(name), "text": .string(text),
                "is_error": .bool(isError),
            ]
            let shown = request.shown(images).map { image -> JSONValue in
                ["media_type": .string(image.mediaType.rawValue), "data": .string(image.base64)]
            }
            if !shown.isEmpty { members["images"] = .array(shown) }
            return .object(members)
        }
    }
}

extension ToolCall {
    /// With the arguments as an object when they are one, and as the model wrote them when they are not.
    fileprivate var forProgram: JSONValue {
        var written = JSONValue.string(arguments)
        if let json = try? JSONValue(parsing: arguments), case .object = json { written = json }
        return ["id": .string(id.value), "tool": .string(tool), "arguments": written]
    }
}

extension ToolSpecification {
    fileprivate var forProgram: JSONValue {
        ["name": .string(name), "summary": .string(summary), "arguments": arguments]
    }
}

/// What a program wants to be given back with a reply, under the name of its model: no other model gets it.
enum ProgramKeepsake {
    static func closed(_ kept: JSONValue?, of model: String) -> JSONValue? {
        kept.map { [CommandProvider.id.value: ["model": .string(model), "kept": $0]] }
    }

    static func opened(_ keepsake: JSONValue?, for model: String) -> JSONValue? {
        guard let own = keepsake?[CommandProvider.id.value], own["model"]?.text == model else { return nil }
        return own["kept"]
    }
}
