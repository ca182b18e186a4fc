/// A reference to a secret, `env:OPENAI_API_KEY`; never the secret itself.
///
/// The value is resolved at the call that needs it, through ``SecretResolver``, and is kept nowhere.
public struct Secret: Sendable, Hashable, CustomStringConvertible {
    /// The environment variable that holds the value.
    public let variable: String

    public init(variable: String) { self.variable = variable }

    /// The reference as it is written in a pipeline.
    public var description: String { "env:\(variable)" }
}

/// Looks a secret up, at the moment it is needed.
public typealias SecretResolver = @Sendable (Secret) -> String?

extension Secret: FieldValue {
    public static var schema: ValueSchema { .quantity("secret", example: "env:OPENAI_API_KEY") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .string(let text) = json, text.hasPrefix("env:"), text.count > 4 else {
            reader.expected("a reference to a secret such as 'env:OPENAI_API_KEY'", of: json)
            return nil
        }
        self.init(variable: String(text.dropFirst(4)))
    }
}
