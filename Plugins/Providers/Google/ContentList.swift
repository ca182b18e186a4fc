import PipelineKit
import ProviderKit

/// A conversation as Gemini wants it: the two sides in turns, all that one side says in one content.
struct ContentList {
    private struct Turn {
        var isUser: Bool
        var parts: [JSONValue] = []
        /// Stands after all that calls have returned.
        var images: [JSONValue] = []
    }

    private let model: String
    private var turns: [Turn] = []
    /// Names that the service itself gave its calls: it wants them back, and is told no others.
    private var named: Set<CallID> = []

    init(_ request: ModelRequest) {
        model = request.model
        for message in request.messages { add(message, of: request) }
        if turns.first?.isUser != true { turns.insert(Turn(isUser: true, parts: [["text": "Begin."]]), at: 0) }
    }

    var json: [JSONValue] {
        turns.map { ["role": $0.isUser ? "user" : "model", "parts": .array($0.parts + $0.images)] }
    }

    private mutating func add(_ message: Message, of request: ModelRequest) {
        switch message {
        case .user(let text): add(text.isEmpty ? [] : [["text": .string(text)]], isUser: true)
        case .assistant(let text, let calls, let keepsake): add(said(text, calls, keepsake), isUser: false)
        case .tool(let call, let name, let text, let isError, let images):
            var response: [String: JSONValue] = [
                "name": .string(name), "response": [isError ? "error" : "output": .string(text)],
            ]
            if named.contains(call) { response["id"] = .string(call.value) }
            add([["functionResponse": .object(response)]], isUser: true)
            add(request.shown(images), of: name)
        }
    }

    private mutating func add(_ images: [Image], of tool: String) {
        guard !images.isEmpty else { return }
        turns[turns.count - 1].images +=
            [["text": .string("What \(tool) returned:")]]
            + images.map { image in
                ["inlineData": ["mimeType": .string(image.mediaType.rawValue), "data": .string(image.base64)]]
            }
    }

    private mutating func add(_ parts: [JSONValue], isUser: Bool) {
        guard !parts.isEmpty else { return }
        if turns.last?.isUser != isUser { turns.append(Turn(isUser: isUser)) }
        turns[turns.count - 1].parts += parts
    }

    private mutating func said(_ text: String, _ calls: [ToolCall], _ keepsake: JSONValue?) -> [JSONValue] {
        let kept = KeptParts(keepsake, of: GoogleProvider.id, for: model)
        // Of several calls at once only the first is signed; one that nobody signed says so, or is refused.
        var needsSignature = kept == nil && GeminiModel(model).takesLevels
        return (kept ?? KeptParts()).said(text, calls).compactMap { said in
            switch said {
            case .whole(let json): return json
            case .text(let text, let mark):
                return text.isEmpty && mark == nil ? nil : part(["text": .string(String(text))], mark)
            case .call(let call, let mark):
                let mark = mark ?? (needsSignature ? GeminiMark(signature: Self.unsigned).json : nil)
                needsSignature = false
                return part(["functionCall": function(call, mark)], mark)
            }
        }
    }

    /// What the service takes for the signature of a call that another model has made
    /// (<https://ai.google.dev/gemini-api/docs/thought-signatures>).
    private static let unsigned = "skip_thought_signature_validator"

    private mutating func function(_ call: ToolCall, _ mark: JSONValue?) -> JSONValue {
        var function: [String: JSONValue] = ["name": .string(call.tool), "args": call.argumentsObject]
        if GeminiMark(mark).isNamed {
            named.insert(call.id)
            function["id"] = .string(call.id.value)
        }
        return .object(function)
    }

    private func part(_ members: [String: JSONValue], _ mark: JSONValue?) -> JSONValue {
        var members = members
        members["thoughtSignature"] = GeminiMark(mark).signature.map(JSONValue.string)
        return .object(members)
    }
}

/// What Gemini has added to a part.
struct GeminiMark {
    var signature: String?
    /// Whether the id of the call is the service's own.
    var isNamed = false

    init(signature: String? = nil, isNamed: Bool = false) {
        self.signature = signature
        self.isNamed = isNamed
    }

    init(_ json: JSONValue?) { self.init(signature: json?["signature"]?.text, isNamed: json?["named"] == true) }

    var json: JSONValue? {
        guard signature != nil || isNamed else { return nil }
        var members: [String: JSONValue] = [:]
        members["signature"] = signature.map(JSONValue.string)
        if isNamed { members["named"] = true }
        return .object(members)
    }
}
