public import PipelineKit

/// A key with the place it came from, which is all that is ever told of it.
public struct ServiceKey: Sendable {
    /// Where it is, in a sentence: `OPENAI_API_KEY`, `'stored:openai'`.
    public var variable: String
    public var value: String

    /// White space around the value is dropped; a key read from a file often ends in a line feed.
    public init(variable: String, value: String) {
        self.variable = variable
        self.value = value.trimmed
    }

    /// As a bearer token (RFC 6750, section 2.1).
    public var bearer: TransportRequest.Header { .init("Authorization", "Bearer \(value)") }

    /// The first of these secrets that there is; an empty one is none.
    init?(first places: [Secret], _ secrets: SecretResolver) {
        for place in places {
            guard let value = secrets(place)?.trimmed, !value.isEmpty else { continue }
            self.init(variable: place.told, value: value)
            return
        }
        return nil
    }
}
