import PipelineEngine
import PipelineKit

/// `sluice lint`: whether pipelines would start.
enum LintCommand: Subcommand {
    struct Options: Fields {
        @Field("Print the normal form, with every default written out, as a run records it.") var normal: Bool = false
        @Field("Check this file of an operator's rules.") var policy: String? = nil
        init() {}
    }

    static let name = "lint"
    static let summary = "Checks a pipeline and shows every mistake in it; a file that lints will start."
    static let operands = [
        Operand(name: "PIPELINE", help: "A file, or the name of a built-in pipeline.", isOptional: true)
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        if let policy = options.policy {
            try session.expectPolicy(policy)
            Output.line("\(policy): no mistakes.")
        }
        guard !operands.isEmpty else {
            guard options.policy != nil else {
                throw .usage(
                    "'sluice lint' needs PIPELINE: A file, or the name of a built-in pipeline.\nSee 'sluice lint --help'."
                )
            }
            return .achieved
        }
        let loaded = try PipelineFiles(session).load(operands[0])
        for warning in warnings(loaded, session) {
            Output.error("\(Diagnostic(.warning, warning, in: operands[0]))")
        }
        if options.normal {
            Output.line(String(decoding: loaded.pipeline.json.encoded(.pretty), as: UTF8.self))
        } else {
            Output.line("\(operands[0]): no mistakes.")
        }
        return .achieved
    }

    /// What would keep a run from starting here and now; the file itself may be in order.
    private static func warnings(_ loaded: LoadedPipeline, _ session: Session) -> [String] {
        // Without its inputs nobody knows yet which model or key is meant.
        guard let pipeline = try? loaded.resolved([:], session), pipeline.model != nil else { return [] }
        do throws(Failure) { try session.readiness.check(pipeline) } catch { return [error.message] }
        return session.readiness.warnings(pipeline)
    }
}
