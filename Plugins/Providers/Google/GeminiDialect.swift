import PipelineKit
import ProviderKit

/// How a model of Google is asked: <https://ai.google.dev/api/generate-content>.
struct GeminiDialect: Dialect {
    typealias Draft = GeminiDraft

    var level: ThinkingLevel?
    var tokens: Int?

    /// A model that was tuned is named with its folder, `tunedModels/mine`.
    func path(for request: ModelRequest) -> String {
        let model = request.model.contains("/") ? request.model : "models/\(request.model)"
        return "/\(model):streamGenerateContent?alt=sse"
    }

    func headers(with key: ServiceKey?) -> [TransportRequest.Header] {
        key.map { [.init("x-goog-api-key", $0.value)] } ?? []
    }

    func body(for request: ModelRequest) -> JSONValue {
        let model = GeminiModel(request.model)
        var generation: [String: JSONValue] = ["maxOutputTokens": .int(request.maximumOutput)]
        generation["thinkingConfig"] = thinking(of: model, within: request.maximumOutput)
        var body: [String: JSONValue] = [
            "contents": .array(ContentList(request).json), "generationConfig": .object(generation),
        ]
        if !request.system.isEmpty { body["systemInstruction"] = ["parts": [["text": .string(request.system)]]] }
        if !request.tools.isEmpty { body["tools"] = [["functionDeclarations": .array(request.tools.map(\.json))]] }
        return .object(body)
    }

    private func thinking(of model: GeminiModel, within output: Int) -> JSONValue? {
        if let level, model.takesLevels {
            return ["thinkingLevel": .string(level.rawValue.uppercased()), "includeThoughts": true]
        }
        guard let tokens, model.takesTokens else { return nil }
        return ["thinkingBudget": .int(min(tokens, output)), "includeThoughts": .bool(tokens > 0)]
    }
}

extension ToolSpecification {
    fileprivate var json: JSONValue {
        ["name": .string(name), "description": .string(summary), "parametersJsonSchema": arguments]
    }
}
