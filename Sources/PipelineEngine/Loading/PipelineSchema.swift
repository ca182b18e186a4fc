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
        schema["anyOf"] = [["required": ["name", "goal"]], ["required": ["extends"]]]
        return .object(schema)
    }
}
