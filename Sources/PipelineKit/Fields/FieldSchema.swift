/// What a field takes, without any input.
public indirect enum ValueSchema: Sendable, Hashable {
    case string
    case integer
    case number
    case boolean
    case any
    case choice([String])
    /// A number with a unit, or another short notation, with an example of it: `30m`, `2.50 USD`.
    case quantity(String, example: String)
    case list(ValueSchema)
    case mapping(ValueSchema)
    case group([FieldSchema])
    case oneOf([ValueSchema])
    /// A value that may hold others of its kind, described where it stands first.
    case recursive(String)
}

/// What is known about one field without any input.
public struct FieldSchema: Sendable, Hashable {
    /// The key in YAML and JSON.
    public var name: String
    public var value: ValueSchema
    /// One sentence for a person and for a model.
    public var help: String
    /// `nil` for a field that must be given.
    public var standard: JSONValue?

    public var isRequired: Bool { standard == nil }

    public init(name: String, value: ValueSchema, help: String, standard: JSONValue?) {
        self.name = name
        self.value = value
        self.help = help
        self.standard = standard
    }
}

extension ValueSchema {
    /// A few words for documentation and help: `whole number`, `list of text`.
    public var words: String {
        switch self {
        case .string: "text"
        case .integer: "whole number"
        case .number: "number"
        case .boolean: "true or false"
        case .any: "anything"
        case .choice(let words): words.joined(separator: " | ")
        case .quantity(let name, let example): "\(name), such as \(example)"
        case .list(let element): "list of \(element.words)"
        case .mapping(let value): "mapping to \(value.words)"
        case .group: "mapping"
        case .recursive(let name): name
        case .oneOf(let choices): choices.map(\.words).joined(separator: " or ")
        }
    }

    /// The schema in the words of JSON Schema 2020-12; a recursive one refers to a definition that the whole document
    /// has to give under `$defs`.
    public var jsonSchema: JSONValue {
        switch self {
        case .string: ["type": "string"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .recursive(let name): ["$ref": .string("#/$defs/\(name)")]
        case .choice(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .quantity(_, let example): ["type": "string", "examples": [.string(example)]]
        case .list(let element): ["type": "array", "items": element.jsonSchema]
        case .mapping(let value): ["type": "object", "additionalProperties": value.jsonSchema]
        case .group(let fields): Self.groupSchema(fields)
        case .oneOf(let choices): ["anyOf": .array(choices.map(\.jsonSchema))]
        }
    }

    private static func groupSchema(_ fields: [FieldSchema]) -> JSONValue {
        let properties = fields.map { field in (field.name, field.jsonSchema) }
        var schema: [String: JSONValue] = [
            "type": "object",
            "additionalProperties": false,
            "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
        ]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }
}

extension FieldSchema {
    fileprivate var jsonSchema: JSONValue {
        var schema = value.jsonSchema.members
        schema["description"] = .string(help)
        if let standard, standard != .null { schema["default"] = standard }
        return .object(schema)
    }
}
