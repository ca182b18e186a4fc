import PipelineKit

/// What modules add to the schema of pipelines.
struct ModuleSchemas {
    /// Modules of one kind that take the same settings: one, under all its names.
    private struct Module {
        var names: [String]
        var summary: String
        var settings: [FieldSchema]

        var required: [String] { settings.filter(\.isRequired).map(\.name) }
    }

    private let gates: [Module]
    private let tools: [Module]
    private let services: [Module]
    private let sources: [any ModuleSource]

    init(_ registry: Registry) {
        gates = registry.gates.values.reduce(into: [:]) { $0[$1.id] = $1 }
            .values.map {
                Module(names: ([$0.id] + $0.aliases).map(\.value), summary: $0.summary, settings: $0.settings)
            }
            .sorted { $0.names[0] < $1.names[0] }
        tools = registry.tools.values.reduce(into: [:]) { $0[$1.id] = $1 }
            .values.map { Module(names: $0.names, summary: $0.summary, settings: $0.settings) }
            .sorted { $0.names[0] < $1.names[0] }
        services = registry.providers.values
            .map { Module(names: [$0.id.value], summary: $0.summary, settings: $0.settings) }
            .sorted { $0.names[0] < $1.names[0] }
        sources = registry.sources.values.sorted { $0.key < $1.key }
    }

    /// What other parts of the document refer to.
    var definitions: [String: JSONValue] {
        [
            "reference": [
                "type": "string", "pattern": "\\$\\{",
                "description": "A reference, such as ${inputs.name}, to a value of the right kind.",
            ],
            "gate-settings": gateSettings, "tool-settings": toolSettings,
            "known-goal": knownGoal, "known-tools": knownTools, "known-rule": knownRule, "known-model": knownModel,
            "whole": whole, "whole-goal": wholeGoal,
        ]
    }

    // MARK: - Settings

    /// Of a goal that names a gate: the gate's own settings under `with`.
    private var gateSettings: JSONValue {
        let rules = gates.map { gate -> JSONValue in
            [
                "if": Self.names("gate", gate.names),
                "then": ["properties": ["with": Self.settings(gate.settings, of: gate.summary)]],
            ]
        }
        return ["allOf": .array(rules)]
    }

    private var toolSettings: JSONValue {
        let named = tools.flatMap { tool in
            let settings = Self.settings(tool.settings, of: tool.summary)
            return tool.names.map { ($0, settings) }
        }
        let with: JSONValue = ["properties": .object(Dictionary(uniqueKeysWithValues: named))]
        return ["if": ["type": "object"], "then": ["properties": ["with": with]]]
    }

    /// Settings by the provider's own name, or by another one with `provider` saying which it is.
    var providers: [String: JSONValue] {
        let key = ProviderProfile.key
        let named = services.map { ($0.names[0], Self.settings($0.settings, of: $0.summary)) }
        let profile = FieldSchema(name: key, value: .string, help: "Which provider it is.", standard: nil)
        let rules = services.map { service -> JSONValue in
            [
                "if": Self.names(key, service.names),
                "then": Self.settings(service.settings + [profile], of: service.summary),
            ]
        }
        let names: JSONValue = ["enum": Self.list(services.flatMap(\.names))]
        return [
            "properties": .object(Dictionary(uniqueKeysWithValues: named)),
            "additionalProperties": [
                "type": "object", "properties": [key: names], "allOf": .array(rules),
            ],
        ]
    }

    /// What may stand under the key of a source.
    func brought(_ source: any ModuleSource) -> [String: JSONValue] {
        source.schema.withReferences(isRequired: false).members
    }

    private static func settings(_ fields: [FieldSchema], of summary: String) -> JSONValue {
        ValueSchema.group(fields).withReferences(isRequired: false).adding(["description": .string(summary)])
    }

    /// Whether a mapping has one of these texts under a key.
    private static func names(_ key: String, _ names: [String]) -> JSONValue {
        ["type": "object", "required": [.string(key)], "properties": [key: ["enum": list(names)]]]
    }

    private static func list(_ words: [String]) -> JSONValue { .array(words.map(JSONValue.string)) }

    // MARK: - Names

    /// Where other goals stand in one.
    private static func parts(_ part: JSONValue) -> [String: JSONValue] {
        ["all": ["items": part], "any": ["items": part], "not": part, "best": part]
    }

    private var knownGoal: JSONValue {
        let names: JSONValue = ["enum": Self.list(gates.flatMap(\.names))]
        let parts = Self.parts(PipelineSchema.Reference.to("known-goal"))
        return [
            "if": ["type": "object"], "then": ["properties": .object(parts.merging(["gate": names]) { $1 })],
            "else": names,
        ]
    }

    private var knownTools: JSONValue {
        let rules: JSONValue = ["items": PipelineSchema.Reference.to("known-rule")]
        let names: JSONValue = ["propertyNames": ["enum": Self.list(tools.flatMap(\.names))]]
        return [
            "if": ["type": "object"],
            "then": ["properties": ["allow": rules, "ask": rules, "deny": rules, "with": names]], "else": rules,
        ]
    }

    /// A tool by its name, or some by a pattern.
    private var knownRule: JSONValue {
        let name: JSONValue = ["anyOf": [["enum": Self.list(tools.flatMap(\.names))], ["pattern": "\\*"]]]
        return ["if": ["type": "object"], "then": ["properties": ["tool": name]], "else": name]
    }

    private var knownModel: JSONValue {
        let names = services.flatMap(\.names).map { $0.replacing(".", with: "\\.") }.joined(separator: "|")
        let name: JSONValue = ["pattern": .string("^(\(names))/.|\\$\\{")]
        return ["if": ["type": "array"], "then": ["items": name], "else": name]
    }

    // MARK: - What must be there

    /// Of a pipeline that extends no other: what is required stands in it.
    private var whole: JSONValue {
        var properties: [String: JSONValue] = ["goal": PipelineSchema.Reference.to("whole-goal")]
        properties["providers"] = [
            "additionalProperties": ["required": [.string(ProviderProfile.key)]],
            "properties": .object(
                Dictionary(
                    uniqueKeysWithValues: services.map { ($0.names[0], ["required": Self.list($0.required)]) }
                )
            ),
        ]
        for source in sources {
            if let rule = source.schema.requirement { properties[source.key] = rule }
        }
        return [
            "required": ["name"],
            "anyOf": [["required": ["goal"]], ["required": ["steps"]], ["required": ["outputs"]]],
            "properties": .object(properties),
        ]
    }

    private var wholeGoal: JSONValue {
        let demanding = gates.filter { !$0.required.isEmpty }
        let rules = demanding.map { gate -> JSONValue in
            [
                "if": Self.names("gate", gate.names),
                "then": [
                    "required": ["with"], "properties": ["with": ["required": Self.list(gate.required)]],
                ],
            ]
        }
        let one = ["gate", "all", "any", "not", "best"].map { key -> JSONValue in ["required": [.string(key)]] }
        let parts = Self.parts(PipelineSchema.Reference.to("whole-goal"))
        return [
            "if": ["type": "object"],
            "then": ["oneOf": .array(one), "properties": .object(parts), "allOf": .array(rules)],
            "else": ["not": ["enum": Self.list(demanding.flatMap(\.names))]],
        ]
    }
}

extension ValueSchema {
    /// The schema where a reference may stand for a value that is no text, as it may in the settings of modules.
    ///
    /// - Parameter isRequired: Whether fields that must be given are told to be missing; within lists they always are, as
    ///   a list is not put together from two files.
    func withReferences(isRequired: Bool) -> JSONValue {
        switch self {
        case .string, .any, .quantity, .recursive: jsonSchema
        case .integer, .number, .boolean, .choice:
            ["anyOf": [jsonSchema, PipelineSchema.Reference.to("reference")]]
        case .list(let element): ["type": "array", "items": element.withReferences(isRequired: true)]
        case .mapping(let value):
            ["type": "object", "additionalProperties": value.withReferences(isRequired: isRequired)]
        case .oneOf(let choices): ["anyOf": .array(choices.map { $0.withReferences(isRequired: isRequired) })]
        case .group(let fields): Self.group(fields, isRequired: isRequired)
        }
    }

    private static func group(_ fields: [FieldSchema], isRequired: Bool) -> JSONValue {
        let properties = fields.map { field -> (String, JSONValue) in
            var more: [String: JSONValue] = ["description": .string(field.help)]
            if let standard = field.standard, standard != .null { more["default"] = standard }
            return (field.name, field.value.withReferences(isRequired: isRequired).adding(more))
        }
        var schema: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
        ]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if isRequired, !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    /// The fields that must be given, of groups that stand in mappings; `nil` where nothing must.
    var requirement: JSONValue? {
        switch self {
        case .mapping(let value): value.requirement.map { ["additionalProperties": $0] }
        case .group(let fields):
            fields.contains(where: \.isRequired)
                ? ["required": .array(fields.filter(\.isRequired).map { .string($0.name) })] : nil
        default: nil
        }
    }
}
