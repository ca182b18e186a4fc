import PipelineKit

/// A tool as its server describes it; all of it is text of unknown origin.
struct ListedTool: Sendable {
    let name: String
    let summary: String
    /// A JSON Schema of an object.
    let schema: JSONValue
    let onlyReads: Bool

    /// - Returns: `nil` for what has no name.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.text, !name.isEmpty, name.utf8.count <= Self.mostName else { return nil }
        self.name = name
        let title = json["title"]?.text ?? json["annotations"]?["title"]?.text
        let described = json["description"]?.text?.trimmed ?? ""
        let summary = Untrusted.text(described.isEmpty ? title ?? name : described, most: Self.mostSummary)
        let schema = Self.schema(json["inputSchema"])
        self.summary = schema == nil ? "\(summary)\n(What it takes is too long to be shown.)" : summary
        self.schema = schema ?? ["type": "object"]
        onlyReads = json["annotations"]?["readOnlyHint"] == true
    }

    /// What is known of the arguments, for people and rules.
    var arguments: [FieldSchema] {
        let required = Set(schema["required"]?.elements.compactMap(\.text) ?? [])
        return (schema["properties"]?.members ?? [:]).sorted { $0.key < $1.key }.map { name, property in
            FieldSchema(
                name: name,
                value: Self.value(property),
                help: property["description"]?.text ?? "",
                standard: required.contains(name) ? JSONValue?.none : .some(property["default"] ?? .null)
            )
        }
    }

    /// `nil` for one that is too long.
    private static func schema(_ json: JSONValue?) -> JSONValue? {
        guard case .object(var members) = Untrusted.schema(json ?? [:]) else { return ["type": "object"] }
        members["type"] = "object"
        let schema = JSONValue.object(members)
        return schema.encoded().count <= mostSchema ? schema : JSONValue?.none  // not the null of JSON
    }

    private static func value(_ property: JSONValue) -> ValueSchema {
        switch property["type"]?.text {
        case "string": .string
        case "integer": .integer
        case "number": .number
        case "boolean": .boolean
        default: .any
        }
    }

    // Characters, and bytes: what all tools of a server together say is a part of each request to the model.
    private static let mostName = 256
    private static let mostSummary = 4_000
    private static let mostSchema = 32_000
}
