import FoundationEssentials
import PipelineKit

/// Arguments that a server wants to see in headers as well, so that what stands before it can tell calls apart
/// (2026-07-28, streamable HTTP: `x-mcp-header`).
struct MirroredArguments: Sendable {
    private var headers: [(path: [String], name: String)] = []

    /// None.
    init() {}

    /// - Parameter schema: Of the tool's arguments; only what its `properties` lead to is looked at.
    init(_ schema: JSONValue) { note(schema, []) }

    private mutating func note(_ schema: JSONValue, _ path: [String]) {
        for (name, property) in (schema["properties"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let header = property["x-mcp-header"]?.text, ModuleID(header).isUsableByModels,
                ["string", "integer", "boolean"].contains(property["type"]?.text)
            {
                headers.append((path + [name], header))
            }
            note(property, path + [name])
        }
    }

    func headers(_ arguments: JSONValue) -> [TransportRequest.Header] {
        headers.compactMap { path, name in
            let value = path.reduce(arguments as JSONValue?) { $0?[$1] }
            let text: String? =
                switch value {
                case .string(let text): text
                case .int(let number): "\(number)"
                case .bool(let bool): "\(bool)"
                default: nil
                }
            return text.map { TransportRequest.Header("Mcp-Param-\(name)", Self.encoded($0)) }
        }
    }

    /// A value that a header can have: anything but printable ASCII without blanks at its ends is wrapped.
    static func encoded(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.trimmed == text
        guard !isPlain || text.hasPrefix("=?base64?") else { return text }
        return "=?base64?\(Data(text.utf8).base64EncodedString())?="
    }
}
