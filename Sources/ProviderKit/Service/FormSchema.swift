public import PipelineKit

/// A JSON schema brought into the part of the language that the vendors take.
///
/// What is kept: `type`, `enum`, `properties`, `required`, `items`, `anyOf`, `$ref`, `$defs`, `description`, `title`. What
/// else is said of a value (`minimum`, `pattern`, `default`, `examples`) is added to its description, so that the model reads
/// it and nobody enforces it. The same is done by the vendors' own libraries: `transform_schema` of anthropic 2.12 and
/// `to_strict_json_schema` of openai 3.54. Vendors' pages:
/// <https://developers.openai.com/api/docs/guides/structured-outputs>,
/// <https://platform.claude.com/docs/en/build-with-claude/structured-outputs>,
/// <https://ai.google.dev/gemini-api/docs/structured-output>.
public struct FormSchema: Sendable {
    private let schema: JSONValue

    public init(_ schema: JSONValue) { self.schema = schema }

    /// The schema, as far as it can be said at all.
    public var plain: JSONValue {
        var writer = SchemaWriter(isClosed: false, requiresAll: false)
        return writer.rewritten(schema)
    }

    /// The schema with every object closed (`additionalProperties: false`), which the vendors ask for where they enforce it.
    ///
    /// - Parameter requiringAll: Whether every property is required, as OpenAI wants it; those that were not may be `null`.
    /// - Returns: `nil` for a schema that is no object, or has a part that cannot be closed: an object of any members, a value
    ///   of any kind, a combination by `allOf`.
    public func closed(requiringAll: Bool) -> JSONValue? {
        guard schema["type"] == "object", schema["anyOf"] == nil else { return nil }
        var writer = SchemaWriter(isClosed: true, requiresAll: requiringAll)
        let written = writer.rewritten(schema)
        guard !writer.isOpen else { return nil }  // as an operand of ?: it would be the JSON null
        return written
    }
}

private struct SchemaWriter {
    let isClosed: Bool
    let requiresAll: Bool
    /// Whether a part could not be closed.
    var isOpen = false

    init(isClosed: Bool, requiresAll: Bool) {
        self.isClosed = isClosed
        self.requiresAll = requiresAll
    }

    mutating func rewritten(_ schema: JSONValue) -> JSONValue {
        var (rest, written) = (schema.members, [String: JSONValue]())
        if let definitions = rest.removeValue(forKey: "$defs") { written["$defs"] = all(in: definitions) }
        if let reference = rest.removeValue(forKey: "$ref") {
            // Beside it OpenAI takes nothing.
            written["$ref"] = reference
            return .object(written)
        }
        for key in ["title", "description", "enum"] { written[key] = rest.removeValue(forKey: key) }
        if let only = rest.removeValue(forKey: "const") { written["enum"] = [only] }
        if let choices = rest.removeValue(forKey: "anyOf") ?? rest.removeValue(forKey: "oneOf") {
            written["anyOf"] = .array(choices.elements.map { rewritten($0) })
        }
        addType(&rest, &written)
        if rest["allOf"] != nil || rest["not"] != nil { isOpen = true }
        written["description"] = description(written["description"]?.text, rest)
        return .object(written)
    }

    private mutating func addType(_ rest: inout [String: JSONValue], _ written: inout [String: JSONValue]) {
        let type = rest.removeValue(forKey: "type")
        if let several = type?.elements, !several.isEmpty {
            written["anyOf"] = .array(several.map { rewritten(["type": $0]) })
            return
        }
        written["type"] = type
        switch type?.text {
        case "object": addProperties(&rest, &written)
        case "array":
            isOpen = isOpen || rest["items"] == nil
            written["items"] = rest.removeValue(forKey: "items").map { rewritten($0) }
        case nil: isOpen = isOpen || written["anyOf"] == nil && written["enum"] == nil
        default: break
        }
    }

    private mutating func addProperties(_ rest: inout [String: JSONValue], _ written: inout [String: JSONValue]) {
        let names = rest["properties"]?.members.keys.sorted() ?? []
        var required = Set(rest.removeValue(forKey: "required")?.elements.compactMap(\.text) ?? [])
        var properties = all(in: rest.removeValue(forKey: "properties") ?? [:]).members
        let others = rest.removeValue(forKey: "additionalProperties")
        isOpen = isOpen || names.isEmpty || others != nil && others != false
        if requiresAll {
            for name in names where !required.contains(name) { properties[name] = properties[name]?.orNull }
            required = Set(names)
        }
        written["properties"] = .object(properties)
        if isClosed { written["additionalProperties"] = false } else { written["additionalProperties"] = others }
        if !required.isEmpty { written["required"] = .array(names.filter(required.contains).map(JSONValue.string)) }
    }

    private mutating func all(in schemas: JSONValue) -> JSONValue {
        var written: [String: JSONValue] = [:]
        for (name, schema) in schemas.members { written[name] = rewritten(schema) }
        return .object(written)
    }

    /// `Seconds. (default: 5, minimum: 1)`
    private func description(_ words: String?, _ rest: [String: JSONValue]) -> JSONValue? {
        let told = rest.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.jsonText)" }.joined(separator: ", ")
        let parts = [words, told.isEmpty ? nil : "(\(told))"].compactMap(\.self)
        guard !parts.isEmpty else { return nil }
        return .string(parts.joined(separator: " "))
    }
}

extension JSONValue {
    /// The schema of a value that may also be left out.
    fileprivate var orNull: JSONValue {
        let null: JSONValue = ["type": "null"]
        if let choices = self["anyOf"] {
            guard !choices.elements.contains(null) else { return self }
            return .object(members.merging(["anyOf": .array(choices.elements + [null])]) { $1 })
        }
        return ["anyOf": [self, null]]
    }
}
