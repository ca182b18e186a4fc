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
        guard let secret = json.text.flatMap(Secret.init) else {
            // What stands there may be the secret itself, and messages are printed and logged.
            reader.problem(
                "\(reader.subject) must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
            )
            return nil
        }
        self = secret
    }

    /// Reads `env:NAME`, with a name of letters, digits and underscores (POSIX.1-2024, section 8.1, and lower case).
    public init?(_ text: String) {
        guard text.hasPrefix("env:") else { return nil }
        let name = text.dropFirst(4)
        guard let first = name.utf8.first, !(0x30...0x39).contains(first),
            name.utf8.allSatisfy({
                $0 == 0x5F || UnicodeScalar($0).properties.isAlphabetic && $0 < 0x80 || (0x30...0x39).contains($0)
            })
        else { return nil }
        self.init(variable: String(name))
    }
}
