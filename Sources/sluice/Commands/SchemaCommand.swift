import PipelineEngine
import PipelineKit

/// `sluice schema`: the pipeline language, for editors.
enum SchemaCommand: Subcommand {
    struct Options: Fields {
        @Field("Print that of tests, '*.test.yaml', instead.") var tests: Bool = false
        init() {}
    }

    static let name = "schema"
    static let summary = "Prints a JSON Schema of pipelines with the settings of all modules, for editors."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        Output.raw(options.tests ? SchemaFile.ofTests : SchemaFile.text(session))
        return .achieved
    }
}
