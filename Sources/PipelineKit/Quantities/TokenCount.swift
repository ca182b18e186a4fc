/// A number of tokens, written `400k`, `1.5M` or in full.
public struct TokenCount: Sendable, Hashable, Comparable {
    public var tokens: Int

    public init(_ tokens: Int) { self.tokens = tokens }

    public static func < (left: TokenCount, right: TokenCount) -> Bool { left.tokens < right.tokens }
}

extension TokenCount: CustomStringConvertible {
    public var description: String {
        switch tokens {
        case 1_000_000... where tokens.isMultiple(of: 1_000_000): "\(tokens / 1_000_000)M"
        case 1_000... where tokens.isMultiple(of: 1_000): "\(tokens / 1_000)k"
        default: "\(tokens)"
        }
    }

    /// Reads `400k`, `1.5M` or `16000`; `nil` when that is not a whole number of tokens.
    public init?(_ text: String) {
        let count =
            switch text.last {
            case "k": Int(decimal: text.utf8.dropLast(), places: 3)
            case "M": Int(decimal: text.utf8.dropLast(), places: 6)
            default: Int(digits: text)
            }
        guard let count else { return nil }
        self.init(count)
    }
}

extension TokenCount: FieldValue {
    public static var schema: ValueSchema { .oneOf([.integer, .quantity("number of tokens", example: "400k")]) }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let count = json.integer.map(TokenCount.init) ?? json.text.flatMap(TokenCount.init), count.tokens >= 0
        else {
            reader.expected("a number of tokens such as '400k'", of: json)
            return nil
        }
        self = count
    }
}
