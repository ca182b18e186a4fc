import PipelineKit
import RPCKit

/// The blocks of a prompt (`ContentBlock`) as one text for a model.
enum PromptText {
    /// - Throws: ``RPCKit/RPCError/invalidParams`` for blocks that were not announced, and for a prompt without words.
    static func text(of prompt: JSONValue?) throws(RPCError) -> String {
        let parts = try (prompt?.elements ?? []).map(part)
        let text = parts.joined(separator: "\n\n").trimmed
        guard !text.isEmpty else { throw RPCError(RPCError.invalidParams, "The prompt is empty.") }
        return text
    }

    private static func part(_ block: JSONValue) throws(RPCError) -> String {
        switch block["type"]?.text {
        case "text": return block["text"]?.text ?? ""
        case "resource_link":
            let uri = block["uri"]?.text ?? ""
            let name = block["name"]?.text.map { "\($0): " } ?? ""
            return "See \(name)\(path(of: uri))"
        case "resource":
            let resource = block["resource"]
            guard let text = resource?["text"]?.text else {
                throw RPCError(RPCError.invalidParams, "A resource that is no text cannot be read here.")
            }
            return "\(path(of: resource?["uri"]?.text ?? "")):\n```\n\(text)\n```"
        default:
            let type = block["type"]?.text ?? "a block without a type"
            throw RPCError(RPCError.invalidParams, "'\(type.prefix(40))' cannot be read here: text and resources can.")
        }
    }

    /// A file by its path; anything else by its address.
    private static func path(of uri: String) -> String {
        guard uri.hasPrefix("file://") else { return uri }
        var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], uri.dropFirst(7).utf8)
        while let byte = rest.popFirst() {
            let digits = String(Substring(rest.prefix(2)))
            guard byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
