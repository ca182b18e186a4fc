// A form is written as JSON Schema: of an object whose properties are texts, numbers, booleans and choices. That is what
// the Model Context Protocol restricts its forms to (2025-11-25, elicitation), and what clients can draw.

extension InputForm {
    public var schema: JSONValue {
        var schema: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    private var properties: [String: JSONValue] {
        Dictionary(fields.map { ($0.name, $0.schema) }) { first, _ in first }
    }

    /// - Throws: what cannot be asked of a person, as one sentence.
    public init(schema: JSONValue) throws(FieldProblem) {
        guard case .object(let properties) = schema["properties"] ?? [:], properties.count <= Self.mostFields else {
            throw FieldProblem(FieldPath(), "A form must name up to \(Self.mostFields) 'properties'.")
        }
        // What is required has an order of its own; the rest of an object has none.
        let required = (schema["required"]?.elements.compactMap(\.text) ?? []).filter { properties[$0] != nil }
        let others = properties.keys.filter { !required.contains($0) }.sorted()
        var fields: [InputField] = []
        for name in required + others where !fields.contains(where: { $0.name == name }) {
            let property = properties[name] ?? .null
            fields.append(try InputField(name, schema: property, isRequired: required.contains(name)))
        }
        self.init(fields)
    }
}

extension InputField {
    fileprivate var schema: JSONValue {
        var schema = kind.schema
        schema["title"] = title.map(JSONValue.string)
        if !help.isEmpty { schema["description"] = .string(help) }
        schema["default"] = standard
        return .object(schema)
    }

    fileprivate init(_ name: String, schema: JSONValue, isRequired: Bool) throws(FieldProblem) {
        guard let kind = Kind(schema: schema) else {
            let type = schema["type"] ?? .null
            throw FieldProblem(
                FieldPath(),
                "Nobody can be asked for '\(name.shortened(to: 80))': its type is \(type), and only texts, numbers, yes or no, and choices can be."
            )
        }
        self.init(
            name,
            kind,
            title: schema["title"]?.text,
            help: schema["description"]?.text ?? "",
            isRequired: isRequired
        )
        // What would itself be wrong stands for nothing.
        if let value = schema["default"], problem(with: value) == nil { standard = value }
    }
}

extension InputField.Kind {
    fileprivate var schema: [String: JSONValue] {
        switch self {
        case .text(let format, let length):
            return ["type": "string"].adding([
                "format": format.map { .string($0.rawValue) }, "minLength": length.map { .int($0.lowerBound) },
                "maxLength": length.flatMap { $0.upperBound == .max ? JSONValue?.none : .int($0.upperBound) },
            ])
        case .integer(let range): return ["type": "integer"].adding(Self.limits(range))
        case .number(let range): return ["type": "number"].adding(Self.limits(range))
        case .boolean: return ["type": "boolean"]
        case .choice(let options): return Self.schema(options, titled: "oneOf")
        case .choices(let options, let count):
            return ["type": "array", "items": .object(Self.schema(options, titled: "anyOf"))].adding([
                "minItems": count.map { .int($0.lowerBound) },
                "maxItems": count.flatMap { $0.upperBound == .max ? JSONValue?.none : .int($0.upperBound) },
            ])
        }
    }

    private static func limits(_ range: ClosedRange<Double>?) -> [String: JSONValue?] {
        guard let range else { return [:] }
        return [
            "minimum": range.lowerBound.isFinite ? .double(range.lowerBound) : JSONValue?.none,
            "maximum": range.upperBound.isFinite ? .double(range.upperBound) : JSONValue?.none,
        ]
    }

    private static func schema(_ options: [InputField.Option], titled key: String) -> [String: JSONValue] {
        guard options.contains(where: { $0.title != nil }) else {
            return ["type": "string", "enum": .array(options.map { .string($0.value) })]
        }
        return [
            "type": "string",
            key: .array(options.map { ["const": .string($0.value), "title": .string($0.title ?? $0.value)] }),
        ]
    }

    fileprivate init?(schema: JSONValue) {
        switch schema["type"]?.text {
        case "string":
            if let options = Self.options(schema) { self = .choice(options) } else { self = Self.text(schema) }
        case "integer": self = .integer(Self.range(schema))
        case "number": self = .number(Self.range(schema))
        case "boolean": self = .boolean
        case "array":
            guard let options = Self.options(schema["items"] ?? .null) else { return nil }
            self = .choices(options, count: Self.count(schema, "minItems", "maxItems"))
        default: return nil
        }
    }

    private static func text(_ schema: JSONValue) -> Self {
        let format = schema["format"]?.text.flatMap(InputField.TextFormat.init)
        return .text(format, length: count(schema, "minLength", "maxLength"))
    }

    private static func range(_ schema: JSONValue) -> ClosedRange<Double>? {
        let (least, most) = (schema["minimum"]?.number, schema["maximum"]?.number)
        guard least != nil || most != nil, least ?? -.infinity <= most ?? .infinity else { return nil }
        return (least ?? -.infinity)...(most ?? .infinity)
    }

    private static func count(_ schema: JSONValue, _ least: String, _ most: String) -> ClosedRange<Int>? {
        let (least, most) = (schema[least]?.integer, schema[most]?.integer)
        guard least != nil || most != nil, max(least ?? 0, 0) <= most ?? .max else { return nil }
        return max(least ?? 0, 0)...(most ?? .max)
    }

    /// `nil` for what is no choice. The names beside an `enum` are how titles were given before 2025-11-25.
    private static func options(_ schema: JSONValue) -> [InputField.Option]? {
        if let values = schema["enum"]?.elements, !values.isEmpty {
            let names = schema["enumNames"]?.elements ?? []
            return values.enumerated().compactMap { index, value in
                value.text.map { InputField.Option($0, title: names.indices.contains(index) ? names[index].text : nil) }
            }
        }
        guard let titled = (schema["oneOf"] ?? schema["anyOf"])?.elements, !titled.isEmpty else { return nil }
        return titled.compactMap { one in one["const"]?.text.map { InputField.Option($0, title: one["title"]?.text) } }
    }
}
