import PipelineEngine
import PipelineKit

/// `sluice lint`: whether pipelines would start.
enum LintCommand: Subcommand {
    struct Options: Fields {
        @Field("Print the normal form, with every default written out, as a run records it.") var normal: Bool = false
        @Field("Check this file of an operator's rules.") var policy: String? = nil
        @Field("Print what was found as one JSON document.") var json: Bool = false
        @Field("Print what was found as commands of GitHub Actions, which annotate a pull request.")
        var github: Bool = false
        init() {}

        /// How findings are printed; `nil` for people.
        fileprivate func form() throws(CommandError) -> FindingForm? {
            let given = [("--normal", normal), ("--json", json), ("--github", github)].filter(\.1).map(\.0)
            guard given.count < 2 else {
                throw .usage("Options '\(given[0])' and '\(given[1])' each say what to print: give one of them.")
            }
            return json ? .json : github ? .github : nil
        }
    }

    static let name = "lint"
    static let summary = "Checks a pipeline and shows every mistake in it; a file that lints will start."
    static let operands = [
        Operand(name: "PIPELINE", help: "A file, also of tests, or the name of a built-in pipeline.", isOptional: true)
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let form = try options.form()
        guard !operands.isEmpty || options.policy != nil else {
            throw .usage(
                "'sluice lint' needs PIPELINE: \(Self.operands[0].help)\nSee 'sluice lint --help'."
            )
        }
        if let form { return try tell(options.policy, operands.first, as: form, session) }
        if let policy = options.policy {
            try session.expectPolicy(policy)
            Output.line("\(policy): no mistakes.")
        }
        guard let pipeline = operands.first else { return .achieved }
        if pipeline.hasSuffix(TestFile.ending) {
            guard !options.normal else {
                throw .usage("Option '--normal' is for pipelines, and '\(pipeline)' holds tests.")
            }
            if let mistakes = mistakes(ofTests: pipeline) { throw .usage("\(mistakes)") }
            Output.line("\(pipeline): no mistakes.")
            return .achieved
        }
        let loaded = try PipelineFiles(session).load(pipeline)
        for warning in warnings(loaded, pipeline, session) { Output.error("\(warning)") }
        if options.normal {
            Output.line(String(decoding: loaded.pipeline.json.encoded(.pretty), as: UTF8.self))
        } else {
            Output.line("\(pipeline): no mistakes.")
        }
        return .achieved
    }

    /// All that is wrong with both, for programs.
    private static func tell(
        _ policy: String?,
        _ pipeline: String?,
        as form: FindingForm,
        _ session: Session
    ) throws(CommandError) -> ExitStatus {
        var found = policy.flatMap { session.mistakes(ofPolicy: absolute($0)) }?.all ?? []
        if let pipeline, pipeline.hasSuffix(TestFile.ending) {
            found += mistakes(ofTests: pipeline)?.all ?? []
        } else if let pipeline {
            switch try PipelineFiles(session).checked(pipeline) {
            case .success(let loaded): found += loaded.warnings + warnings(loaded, pipeline, session)
            case .failure(let mistakes): found += mistakes.all
            }
        }
        Output.raw(Array(form.text(found).utf8))
        return found.contains { $0.severity == .error } ? .usage : .achieved
    }

    private static func mistakes(ofTests file: String) -> Diagnostics? {
        do throws(Diagnostics) { _ = try TestSuite.read(file) } catch { return error }
        return nil
    }

    /// What would keep a run from starting here and now; the file itself may be in order.
    private static func warnings(_ loaded: LoadedPipeline, _ file: String, _ session: Session) -> [Diagnostic] {
        // Without its inputs nobody knows yet which model or key is meant.
        guard let pipeline = try? loaded.resolved([:], session), pipeline.namesModels else { return [] }
        let problems = session.readiness.problems(pipeline).map(\.message)
        let sentences = problems.isEmpty ? session.readiness.warnings(pipeline) : problems
        return sentences.map { Diagnostic(.warning, $0, in: file) }
    }
}

extension Pipeline {
    /// Whether it says who works; a pipeline that does not is told when it is started.
    fileprivate var namesModels: Bool {
        model != nil || race != nil || steps?.contains { $0.model != nil || $0.race != nil } == true
    }
}
