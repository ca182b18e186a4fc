import PipelineKit

/// Values as YAML that a person reads and edits: blocks, and texts in double quotes where they need them.
enum YAMLText {
    /// - Parameter order: Keys that stand first, in this order; the others follow by name.
    static func of(_ json: JSONValue, order: [String]) -> String {
        block(json, "", order).joined(separator: "\n") + "\n"
    }

    private static func block(_ json: JSONValue, _ indent: String, _ order: [String]) -> [String] {
        switch json {
        case .object(let members) where !members.isEmpty:
            let keys = order.filter { members[$0] != nil } + members.keys.filter { !order.contains($0) }.sorted()
            return keys.flatMap { entry("\(indent)\(scalar($0)):", members[$0] ?? .null, indent + "  ", order) }
        case .array(let elements) where !elements.isEmpty:
            return elements.flatMap { element -> [String] in
                var lines = block(element, indent + "  ", order)
                lines[0] = "\(indent)- \(lines[0].dropFirst(indent.count + 2))"
                return lines
            }
        default: return ["\(indent)\(flow(json))"]
        }
    }

    private static func entry(_ key: String, _ value: JSONValue, _ indent: String, _ order: [String]) -> [String] {
        if value.members.isEmpty, value.elements.isEmpty {
            return text(value, indent).map { ["\(key) |"] + $0 } ?? ["\(key) \(flow(value))"]
        }
        return [key] + block(value, indent, order)
    }

    /// The lines of a text that may stand as a literal block: of plain characters, neither beginning nor ending with a
    /// blank line, none of blanks alone, and a line feed at the end.
    private static func text(_ value: JSONValue, _ indent: String) -> [String]? {
        guard let text = value.text, text.hasSuffix("\n"), text.utf8.allSatisfy({ $0 == 10 || (32...126).contains($0) })
        else { return nil }
        let lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let last = lines.last, !first.isEmpty, !last.isEmpty, first.first != " ",
            !lines.contains(where: { !$0.isEmpty && $0.allSatisfy { $0 == " " } })
        else { return nil }
        return lines.map { $0.isEmpty ? "" : "\(indent)\($0)" }
    }

    /// JSON, which YAML reads; a text as it stands where nothing else could be meant.
    private static func flow(_ json: JSONValue) -> String { json.text.map(scalar) ?? json.jsonText }

    private static func scalar(_ text: String) -> String {
        let letters = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
        }
        let isWord = text.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return letters && isWord && !words.contains(text) ? text : quoted(text)
    }

    /// The text as JSON, and without the characters that JSON takes and YAML does not, or takes for the end of a line
    /// (YAML 1.2.2, 5.1).
    private static func quoted(_ text: String) -> String {
        JSONValue.string(text).jsonText.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
