import BuiltInPipelines
import FoundationEssentials
import PipelineEngine
import PipelineKit

/// The schema of pipelines as a file that editors read.
///
/// `sluice init` keeps it beside the database, so that nothing is added to a project and nobody needs a network.
enum SchemaFile {
    static func text(_ session: Session) -> [UInt8] {
        let builtIn = BuiltInPipelines.all.keys.sorted()
        let schema = PipelineSchema.document(of: session.registry, builtIn: builtIn)
        return schema.encoded(.pretty) + [UInt8(ascii: "\n")]
    }

    /// Of the files that `sluice test` reads.
    static var ofTests: [UInt8] {
        var schema = TestFile.schema.jsonSchema.members
        schema["$defs"] = .object([StepScript.name: StepScript.definition.jsonSchema])
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Tests of a Sluice pipeline"
        return JSONValue.object(schema).encoded(.pretty) + [UInt8(ascii: "\n")]
    }

    /// The first line of a pipeline, which tells editors where the schema is; nothing where it cannot be written.
    static func line(in session: Session) -> String {
        let directory = session.configuration.stateDirectory
        let file = URL(filePath: "\(directory)/pipeline.schema.json")
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(text(session)).write(to: file, options: .atomic)
        } catch {
            return ""
        }
        return "# yaml-language-server: $schema=\(file.absoluteString)\n"
    }
}
