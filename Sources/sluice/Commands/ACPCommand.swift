import ACPContract
import ContractKit
import PipelineEngine
import PipelineKit

/// `sluice acp`: an agent for editors that speak the Agent Client Protocol.
enum ACPCommand: Subcommand {
    struct Options: Fields {
        @Field("What a prompt runs: a built-in pipeline, or a file; its path begins in the directory of the session.")
        var pipeline: String = "prompt"
        @Field("The model that works; of several, with commas between, each stands in for those before it.")
        var model: String? = nil
        @Field("The model that judges what was done with 'prompt'; another than the one that works, when left out.")
        var judge: ModelName? = nil
        @Field("The rules of the operator of this machine, which stand before those of pipelines.")
        var policy: String? = nil
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "acp"
    static let summary = "Works for an editor that speaks the Agent Client Protocol, over standard streams."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        try session.expectPrices()
        let model = try ModelChain(named: options.model, in: session)
        let judge = options.judge
        let services = try session.services(options.db, policy: options.policy)
        let agent = ACPAgent(
            services,
            ACPSettings(version: Version.number, person: session.person) { directory, prompt throws(Failure) in
                do throws(CommandError) {
                    var pipeline = try pipeline(options.pipeline, in: directory, prompt, model, session)
                    if let judge { pipeline.goal?.have(judge) }
                    return pipeline
                } catch {
                    throw Failure(.invalidInput, error.message)
                }
            }
        )
        var streams = StandardStreams(services, session)
        streams.leftAlone = { run, reason in agent.leaveAlone(run, reason) }
        // What was left open is taken up with the session that it belongs to.
        let takesUpNothing: @Sendable (RunSummary) -> Bool = { _ in false }
        return try await streams.serve(takingUp: takesUpNothing) { peer throws(Failure) in
            try await agent.serve(peer)
        }
    }

    /// The pipeline for a prompt: the words are its input `prompt` where it has one, and are told besides the goal
    /// everywhere else.
    private static func pipeline(
        _ word: String,
        in directory: String,
        _ prompt: String,
        _ model: ModelChain?,
        _ session: Session
    ) throws(CommandError) -> Pipeline {
        let isFile = word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml")
        let name = isFile && !word.hasPrefix("/") ? "\(directory)/\(word)" : word
        let loaded = try PipelineFiles(session, project: directory).load(name)
        let takesPrompt = loaded.pipeline.inputs["prompt"] != nil
        var pipeline = try loaded.resolved(takesPrompt ? ["prompt": .string(prompt)] : [:], session)
        if !takesPrompt { pipeline.tell(prompt) }
        pipeline.model = model ?? pipeline.model ?? session.configuration.model.flatMap { ModelChain($0) }
        return pipeline
    }
}

extension ModelChain {
    fileprivate init?(named text: String?, in session: Session) throws(CommandError) {
        guard let text else { return nil }
        guard let model = ModelChain(text) else {
            throw .usage("Option '--model' must be a model such as 'openai/gpt-5.2', but is '\(text)'.")
        }
        self = model
    }
}

extension Goal {
    /// Has a model judge whether the problem is solved, where the pipeline leaves open which.
    fileprivate mutating func have(_ model: ModelName) {
        guard case .gate("solve", let settings) = judge, settings["model"] == nil else { return }
        judge = .gate("solve", with: .object(settings.members.merging(["model": model.json]) { own, _ in own }))
    }
}
