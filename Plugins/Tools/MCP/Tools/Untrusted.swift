import PipelineKit
import RPCKit

/// What a server says of itself and its tools, which a model reads: made harmless to look at, and short.
enum Untrusted {
    /// The text without what moves a cursor, hides or reorders; line ends and tabs stay.
    static func text(_ text: String, most: Int) -> String {
        text.harmless(most: most)
    }

    /// A schema with its descriptions cleaned; what nests deeper than anybody writes is left out.
    static func schema(_ json: JSONValue, levels: Int = 64) -> JSONValue {
        switch json {
        case .array(let elements): return .array(levels > 0 ? elements.map { schema($0, levels: levels - 1) } : [])
        case .object(let members):
            guard levels > 0 else { return [:] }
            var clean = members.mapValues { schema($0, levels: levels - 1) }
            for key in ["title", "description"] {
                if let text = members[key]?.text { clean[key] = .string(self.text(text, most: 2_000)) }
            }
            return .object(clean)
        default: return json
        }
    }

    /// The beginning of what a server said, in quotes on one line.
    static func quoted(_ text: String, most: Int = 300) -> String {
        let line = self.text(text, most: most).split(whereSeparator: \.isNewline).joined(separator: " ")
        return "\"\(line)\""
    }
}
