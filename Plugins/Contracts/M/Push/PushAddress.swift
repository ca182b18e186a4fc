import FoundationEssentials
public import PipelineKit

/// Where messages are sent. The operator names it, so it may be an address of this machine.
public struct PushAddress: Sendable, Hashable {
    /// Without a slash at its end.
    public let text: String
    /// As it is told to people; the rest of an address may hold what only its owner is to know.
    let host: String

    /// - Parameter text: Ours, and so known to be right.
    init(known text: String) {
        self.text = text
        host = URLComponents(string: text)?.host ?? ""
    }

    /// - Returns: `nil` for what is not of the form `https://host/path`, and for an address with a name and a password.
    public init?(_ text: String) {
        guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            ["http", "https"].contains(parts.scheme?.lowercased()), parts.fragment == nil, parts.user == nil,
            parts.password == nil
        else { return nil }
        var text = Substring(text)
        while text.last == "/" { text.removeLast() }
        self.text = String(text)
        self.host = parts.port.map { "\(host):\($0)" } ?? host
    }
}

extension PushAddress: FieldValue {
    public static var schema: ValueSchema { .string }
    public var json: JSONValue { .string(text) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let address = json.text.flatMap(PushAddress.init) else {
            let what = "an address such as 'https://push.example.org'"
            guard json.text?.contains("@") == true else {
                reader.expected(what, of: json)
                return nil
            }
            // A name and a password in it are quoted nowhere.
            reader.problem("Field '\(reader.path)' must be \(what), without a user name and a password.")
            return nil
        }
        self = address
    }
}
