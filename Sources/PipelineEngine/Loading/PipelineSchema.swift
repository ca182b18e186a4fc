public import PipelineKit

/// The pipeline language as a JSON Schema, for editors that complete and check.
public enum PipelineSchema {
    /// A schema of draft 2020-12: `# yaml-language-server: $schema=pipeline.schema.json`.
    public static func document() -> JSONValue {
        var schema = Pipeline.schema.jsonSchema.members
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Sluice pipeline"
        schema["description"] = "A goal, who works on it, with which tools, within which limits."
        schema["$defs"] = ["goal": Judge.definition.jsonSchema]
        // What is extended may bring them.
        schema["required"] = nil
        schema["anyOf"] = [
            ["required": ["name", "goal"]], ["required": ["name", "steps"]], ["required": ["name", "outputs"]],
            ["required": ["extends"]],
        ]
        return .object(schema)
    }

    /// The schema with all that modules declare: the names of gates, tools and providers with their settings, and what
    /// stands under the keys of module sources.
    ///
    /// Names are only checked where nothing unknown can bring more of them: a pipeline that extends a file, or brings
    /// modules along, may use names that stand nowhere here. In a pipeline that extends another nothing is required, as
    /// the other one may have it.
    ///
    /// - Parameter builtIn: The names of the pipelines that come with the product; they bring no modules along.
    public static func document(of registry: Registry, builtIn: [String]) -> JSONValue {
        var schema = document().members
        let modules = ModuleSchemas(registry)
        var properties = (schema["properties"] ?? [:]).members
        properties["goal"] = properties["goal"]?.adding(["allOf": [Reference.to("gate-settings")]])
        properties["tools"] = properties["tools"]?.adding(["allOf": [Reference.to("tool-settings")]])
        properties["steps"] = properties["steps"]?.adding(
            ["allOf": [Self.steps(["goal": Reference.to("gate-settings"), "tools": Reference.to("tool-settings")])]]
        )
        properties["providers"] = properties["providers"]?.adding(modules.providers)
        for (key, source) in registry.sources {
            properties[key] = properties[key]?.adding(modules.brought(source))
        }
        schema["properties"] = .object(properties)
        schema["$defs"] = .object(
            modules.definitions.merging(["goal": judge(schema["$defs"]?["goal"] ?? [:])]) { $1 }
        )
        schema["allOf"] = .array(conditions(registry, builtIn))
        return .object(schema)
    }

    /// What holds for the members of steps.
    private static func steps(_ properties: [String: JSONValue]) -> JSONValue {
        ["items": ["properties": .object(properties)]]
    }

    /// A goal inside another.
    private static func judge(_ definition: JSONValue) -> JSONValue {
        definition.adding(["allOf": [Reference.to("gate-settings")]])
    }

    /// What holds for some pipelines only.
    private static func conditions(_ registry: Registry, _ builtIn: [String]) -> [JSONValue] {
        let known: JSONValue = .array(builtIn.sorted().map(JSONValue.string))
        let extendsFile: JSONValue = [
            "required": ["extends"], "properties": ["extends": ["not": ["enum": known]]],
        ]
        let (goal, tools, model) = (
            Reference.to("known-goal"), Reference.to("known-tools"), Reference.to("known-model")
        )
        let brings = registry.sources.keys.sorted().map { key -> JSONValue in
            ["required": [.string(key)]]
        }
        return [
            ["if": ["not": ["required": ["extends"]]], "then": Reference.to("whole")],
            [
                "if": ["not": ["anyOf": .array(brings + [extendsFile])]],
                "then": [
                    "properties": [
                        "goal": goal, "tools": tools, "steps": steps(["goal": goal, "gate": goal, "tools": tools]),
                    ]
                ],
            ],
            [
                "if": ["not": ["anyOf": [["required": ["providers"]], extendsFile]]],
                "then": ["properties": ["model": model, "steps": steps(["model": model])]],
            ],
        ]
    }

    /// How one part of the document speaks of another.
    enum Reference {
        static func to(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }
    }
}

extension JSONValue {
    /// The object with more members, which win.
    func adding(_ more: [String: JSONValue]) -> JSONValue { .object(members.merging(more) { $1 }) }
}
