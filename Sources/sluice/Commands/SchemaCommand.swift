import PipelineEngine
import PipelineKit

/// `sluice schema`: the pipeline language, for editors.
enum SchemaCommand: Subcommand {
    static let name = "schema"
    static let summary = "Prints a JSON Schema of pipelines with the settings of all modules, for editors."

    static func run(_ options: NoFields, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        Output.raw(SchemaFile.text(session))
        return .achieved
    }
}
