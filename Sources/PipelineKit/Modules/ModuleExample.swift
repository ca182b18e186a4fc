extension GateFactory {
    /// How it stands in a pipeline: `goal: pytest`.
    var inPipeline: String {
        example.members.isEmpty ? "goal: \(id)" : "goal: { gate: \(id), with: \(example.flow) }"
    }
}

extension ToolFactory {
    /// How it stands in a pipeline, and how a model calls it.
    var inPipeline: String {
        let settings = exampleSettings.members.isEmpty ? "" : ", with: { \(id): \(exampleSettings.flow) }"
        let call = example.members.isEmpty ? "" : "  # called with \(example.jsonText)"
        return "tools: { allow: [\(id)]\(settings) }\(call)"
    }
}

extension JSONValue {
    /// The value on one line of YAML: `{ command: make check, runs: 5 }`.
    var flow: String {
        switch self {
        case .object(let members) where members.isEmpty: "{}"
        case .object(let members):
            "{ \(members.sorted { $0.key < $1.key }.map { "\(Self.plain($0)): \($1.flow)" }.joined(separator: ", ")) }"
        case .array(let elements): "[\(elements.map(\.flow).joined(separator: ", "))]"
        case .string(let text): Self.plain(text)
        default: jsonText
        }
    }

    /// A text as it is, where YAML reads it as nothing else; in quotes otherwise.
    private static func plain(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"),
                UInt8(ascii: "-"), UInt8(ascii: " "):
                true
            default: false
            }
        }
        let isPlain =
            isWord && text.first?.isLetter == true && text.last != " " && !reserved.contains(text.lowercased())
        return isPlain ? text : JSONValue.string(text).jsonText
    }

    /// What YAML 1.1 reads as no text.
    private static let reserved: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
}
