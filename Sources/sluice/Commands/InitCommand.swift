import FoundationEssentials
import Glibc
import PipelineKit

/// `sluice init`: a pipeline file to begin with.
enum InitCommand: Subcommand {
    struct Options: Fields {
        @Field("The directory to write it in.") var cwd: String = "."
        @Field("The name of the file.") var file: String = "sluice.yaml"
        @Field("The built-in pipeline to start from.") var extends: String = "pytest"
        init() {}
    }

    static let name = "init"
    static let summary = "Writes a commented pipeline file to begin with."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        _ = try PipelineFiles(session).load(options.extends)
        let path = absolute(options.cwd) + "/" + options.file
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST
                ? "is there already; it stays as it is" : "cannot be written: \(String(cString: strerror(errno)))"
            throw .usage("'\(path)' \(reason).")
        }
        defer { close(descriptor) }
        let head = SchemaFile.line(in: session)
        let bytes = Array((head + template(options.extends, file: options.file)).utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .broken("'\(path)' could not be written whole: \(String(cString: strerror(errno)))")
        }
        Output.line("Wrote \(path). Look through it, then: sluice run \(options.file)")
        return .achieved
    }

    private static func template(_ parent: String, file: String) -> String {
        """
        # A pipeline for Sluice. Check it with 'sluice lint \(file)', start it with 'sluice run \(file)'.
        name: my-pipeline
        extends: \(parent)            # a built-in pipeline or a file; what stands here wins

        # Who works. Any OpenAI-compatible service: its address in OPENAI_BASE_URL, its key in OPENAI_API_KEY.
        model: openai/gpt-5.2

        # What the model should know about this project.
        instructions: |
          Change as little as it takes.

        tools:
          ask: [bash_exec]         # a person is asked before each of these

        human:
          gate: never              # never | after_check | before_writes | plan

        limits:
          iterations: 20
          wall: 30m

        workspace:
          isolation: none          # none: in place; worktree: beside it

        """
    }
}
