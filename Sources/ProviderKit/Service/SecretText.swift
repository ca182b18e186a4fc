public import PipelineKit

/// What a provider's settings send, as the value of a header: text, or a reference to a secret (`env:NAME` and its like).
public enum SecretText: Sendable, Hashable {
    case text(String)
    case secret(Secret)
}

extension SecretText: FieldValue {
    public static var schema: ValueSchema { .oneOf([.string, Secret.schema]) }

    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .secret(let secret): secret.json
        }
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if let text = json.text, Secret.isMeant(by: text) {
            guard let secret = Secret(json, &reader) else { return nil }
            self = .secret(secret)
        } else {
            guard let text = String(json, &reader) else { return nil }
            self = .text(text)
        }
    }
}
