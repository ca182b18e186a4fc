import DrawingKit
import PipelineEngine
import PipelineKit

/// `sluice graph`: what is done in a run of a pipeline, and in which order.
enum GraphCommand: Subcommand {
    struct Options: Fields {
        @Field("Print a flowchart of Mermaid, for Markdown that shows such.") var mermaid: Bool = false
        init() {}
    }

    static let name = "graph"
    static let summary = "Draws a pipeline: its steps and what needs what, in the terminal or as Mermaid."
    static let operands = [Operand(name: "PIPELINE", help: "A file, or the name of a built-in pipeline.")]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let pipeline = operands[0]
        guard !pipeline.hasSuffix(TestFile.ending) else {
            throw .usage("'\(pipeline)' holds tests: name the pipeline that they test.")
        }
        let drawing = Drawing(try PipelineFiles(session).load(pipeline).pipeline)
        let lines = options.mermaid ? drawing.mermaid : drawing.text(width: width)
        Output.line(lines.joined(separator: "\n"))
        return .achieved
    }

    /// Lines that go into a file or an issue are read where nobody knows how much room there is.
    private static var width: Int { Output.isTerminal ? min(Output.width, 160) : 80 }
}
