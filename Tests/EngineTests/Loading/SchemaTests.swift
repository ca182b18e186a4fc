import PipelineEngine
import PipelineKit
import Testing

struct SchemaTests {
    let schema = PipelineSchema.document()

    @Test func theSchemaNamesItselfAndEveryKey() {
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["title"] == "Sluice pipeline")
        guard case .group(let fields) = Pipeline.schema else {
            Issue.record("a pipeline is no group")
            return
        }
        #expect(Set(schema["properties"]?.members.keys.map { $0 } ?? []) == Set(fields.map(\.name)))
        #expect(schema["properties"]?["name"]?["description"] == "What the pipeline is called.")
        #expect(schema["additionalProperties"] == false)
    }

    @Test func everyReferenceLeadsToADefinition() {
        let references = Self.references(in: schema)
        #expect(Set(references) == ["#/$defs/goal"])
        #expect(schema["$defs"]?["goal"]?["anyOf"]?.elements.count == 2)
    }

    private static func references(in json: JSONValue) -> [String] {
        (json["$ref"]?.text.map { [$0] } ?? []) + json.members.values.flatMap(references)
            + json.elements.flatMap(references)
    }
}
