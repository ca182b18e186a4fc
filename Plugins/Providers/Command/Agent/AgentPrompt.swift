import PipelineKit

extension ModelRequest {
    /// The conversation as one prompt for an agent, which has tools of its own and remembers nothing.
    var asPrompt: String {
        var parts = [
            system, "You have tools of your own: work with them in the current directory, until the work is done.",
        ]
        if let form {
            parts.append("Answer with JSON of this schema and nothing else: \(form.schema.jsonText)")
        }
        if messages.count > 1 { parts.append("What was said so far, the oldest first:") }
        parts += messages.map(\.asWords)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

extension Message {
    fileprivate var asWords: String {
        switch self {
        case .user(let text): text
        case .assistant(let text, _, _): text.isEmpty ? "" : "You answered:\n\(text)"
        case .tool(_, let name, let text, _, _): "The tool \(name) gave:\n\(text)"
        }
    }
}
