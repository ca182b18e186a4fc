import PipelineKit
import ProviderKit

/// How a model of OpenAI is asked: <https://platform.openai.com/docs/api-reference/responses>.
struct ResponsesDialect: Dialect {
    typealias Draft = ResponsesDraft

    var effort: Effort?

    func path(for request: ModelRequest) -> String { "/responses" }

    func headers(with key: ServiceKey?) -> [TransportRequest.Header] {
        key.map { [$0.bearer] } ?? []
    }

    /// Nothing is left with the service (`store`): what a later request needs comes back with it.
    func body(for request: ModelRequest) -> JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(request.model),
            "input": .array(request.messages.flatMap { $0.items(of: request) }),
            "max_output_tokens": .int(request.maximumOutput),
            "store": false,
            "stream": true,
        ]
        if !request.system.isEmpty { body["instructions"] = .string(request.system) }
        if !request.tools.isEmpty { body["tools"] = .array(request.tools.map(\.responsesTool)) }
        if let form = request.form {
            body["text"] = ["format": .object(form.openAI.members.merging(["type": "json_schema"]) { own, _ in own })]
        }
        if OpenAIModel(request.model).reasons {
            var reasoning: [String: JSONValue] = ["summary": "auto"]
            reasoning["effort"] = effort.map { .string($0.rawValue) }
            body["reasoning"] = .object(reasoning)
            body["include"] = ["reasoning.encrypted_content"]
        }
        return .object(body)
    }
}

extension Message {
    fileprivate func items(of request: ModelRequest) -> [JSONValue] {
        switch self {
        case .user(let text): return [["type": "message", "role": "user", "content": .string(text)]]
        case .assistant(let text, let calls, let keepsake):
            let kept = KeptParts(keepsake, of: OpenAIProvider.id, for: request.model) ?? KeptParts()
            return kept.said(text, calls).compactMap(\.item)
        case .tool(let call, _, let text, let isError, let images):
            // The interface has no other place for it.
            let words = JSONValue.string(isError ? "Error: \(text)" : text)
            let images = request.shown(images).map(\.inputImage)
            let output = images.isEmpty ? words : .array([["type": "input_text", "text": words]] + images)
            return [["type": "function_call_output", "call_id": .string(call.value), "output": output]]
        }
    }
}

extension Image {
    fileprivate var inputImage: JSONValue {
        ["type": "input_image", "image_url": .string(dataURL), "detail": "high"]
    }
}

extension KeptParts.Said {
    fileprivate var item: JSONValue? {
        switch self {
        case .whole(let json): return json
        case .text(let text, let phase):
            guard !text.isEmpty else { return nil }
            var item: [String: JSONValue] = [
                "type": "message", "role": "assistant", "content": .string(String(text)),
            ]
            item["phase"] = phase
            return .object(item)
        case .call(let call, _):
            return [
                "type": "function_call", "call_id": .string(call.id.value), "name": .string(call.tool),
                "arguments": .string(call.arguments.isEmpty ? "{}" : call.arguments),
            ]
        }
    }
}

extension ToolSpecification {
    fileprivate var responsesTool: JSONValue {
        [
            "type": "function", "name": .string(name), "description": .string(summary), "parameters": arguments,
            "strict": false,
        ]
    }
}
