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
        let form = form(of: request)
        generation.merge(form.settings) { own, _ in own }
        let system = request.system + form.words
        var body: [String: JSONValue] = [
            "contents": .array(ContentList(request).json), "generationConfig": .object(generation),
        ]
        if !system.isEmpty { body["systemInstruction"] = ["parts": [["text": .string(system)]]] }
        if !request.tools.isEmpty { body["tools"] = [["functionDeclarations": .array(request.tools.map(\.json))]] }
        return .object(body)
    }

    /// Before Gemini 3 a model that may call functions cannot be held to a form
    /// (<https://ai.google.dev/gemini-api/docs/structured-output>), and is told in words.
    private func form(of request: ModelRequest) -> (settings: [String: JSONValue], words: String) {
        guard let form = request.form else { return ([:], "") }
        guard request.tools.isEmpty || GeminiModel(request.model).takesLevels else {
            let words = "Give your answer as JSON of this schema, and nothing else: \(form.schema.jsonText)"
            return ([:], request.system.isEmpty ? words : "\n\n\(words)")
        }
        let schema = FormSchema(form.schema).plain
        return (["responseMimeType": "application/json", "responseJsonSchema": schema], "")
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
