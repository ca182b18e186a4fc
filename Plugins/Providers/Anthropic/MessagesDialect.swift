import PipelineKit
import ProviderKit

/// How a model of Anthropic is asked: <https://platform.claude.com/docs/en/api/messages>.
struct MessagesDialect: Dialect {
    typealias Draft = MessagesDraft

    var effort: Effort?
    /// `nil` leaves it to the vendor.
    var thinking: Bool?
    /// For models that want a number.
    var thinkingTokens = 4_096

    func path(for request: ModelRequest) -> String { "/messages" }

    func headers(with key: ServiceKey?) -> [TransportRequest.Header] {
        [.init("anthropic-version", "2023-06-01")] + (key.map { [.init("x-api-key", $0.value)] } ?? [])
    }

    func body(for request: ModelRequest) -> JSONValue {
        let model = ClaudeModel(request.model)
        var body: [String: JSONValue] = [
            "model": .string(request.model),
            "max_tokens": .int(request.maximumOutput),
            "messages": .array(MessageList(request).json),
            "stream": true,
        ]
        if !request.system.isEmpty {
            body["system"] = [JSONValue.object(["type": "text", "text": .string(request.system)]).marked]
        }
        let form = AnswerForm(of: request)
        let tools = tools(of: request, form.tool)
        if !tools.isEmpty { body["tools"] = .array(tools) }
        if let tool = form.tool {
            // A model that has to call a tool may not think before it.
            body["tool_choice"] = ["type": "tool", "name": .string(tool.name)]
        } else {
            body["thinking"] = thinking(of: model, within: request.maximumOutput)
        }
        body["output_config"] = outputConfig(of: model, form)
        return .object(body)
    }

    private func outputConfig(of model: ClaudeModel, _ form: AnswerForm) -> JSONValue? {
        var config: [String: JSONValue] = [:]
        if let effort, model.takesEffort { config["effort"] = .string(effort.rawValue) }
        if case .schema(let schema) = form { config["format"] = ["type": "json_schema", "schema": schema] }
        return config.isEmpty ? nil : .object(config)
    }

    /// The cache holds what stands before a mark, tools first: so the mark of the system prompt is theirs, too.
    private func tools(of request: ModelRequest, _ more: ToolSpecification?) -> [JSONValue] {
        var tools = (request.tools + [more].compactMap(\.self)).map(\.json)
        if request.system.isEmpty, let last = tools.popLast() { tools.append(last.marked) }
        return tools
    }

    private func thinking(of model: ClaudeModel, within output: Int) -> JSONValue? {
        switch (model.thinking, thinking) {
        case (.none, _), (_, nil), (.always, false): return nil
        case (.budget, false): return nil  // it does not unless it is told to
        case (.adaptive, false): return ["type": "disabled"]
        case (.adaptive, true), (.always, true): return ["type": "adaptive", "display": "summarized"]
        case (.budget, true):
            // At least 1,024, and less than the whole reply: a reply too short for that goes without.
            let tokens = min(thinkingTokens, output - 1_024)
            return tokens < 1_024 ? nil : ["type": "enabled", "budget_tokens": .int(tokens)]
        }
    }
}

extension ToolSpecification {
    fileprivate var json: JSONValue {
        ["name": .string(name), "description": .string(summary), "input_schema": arguments]
    }
}

extension JSONValue {
    /// The block with a mark: what stands up to it is kept in the vendor's cache and found there by the next request.
    var marked: JSONValue {
        guard case .object(var members) = self else { return self }
        members["cache_control"] = ["type": "ephemeral"]
        return .object(members)
    }
}
