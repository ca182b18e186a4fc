public import PipelineKit

/// Whether what a pipeline needs of this machine is here, beyond what a linter can see: keys, scripts, prices.
public struct Readiness: Sendable {
    private let registry: Registry
    private let secrets: SecretResolver

    public init(_ registry: Registry, secrets: @escaping SecretResolver) {
        self.registry = registry
        // Every run has its token as soon as there is a run.
        self.secrets = { $0 == .runToken ? "a token" : secrets($0) }
    }

    /// - Parameter shared: A limit of cost that the run would share with others.
    /// - Throws: ``Failure`` with the first thing that would keep a model of the pipeline from being asked.
    public func check(_ pipeline: Pipeline, sharing shared: Money? = nil) throws(Failure) {
        let models = try Self.models(pipeline)
        for model in models { try check(model, in: pipeline, sharing: shared) }
        for judge in try judges(pipeline, besides: models.first) { try check(judge, in: pipeline, sharing: shared) }
    }

    /// The models that work: one of the pipeline, or those of its steps.
    private static func models(_ pipeline: Pipeline) throws(Failure) -> [ModelName] {
        if let race = pipeline.race { return race.models }
        guard let steps = pipeline.steps else {
            if let model = pipeline.model { return model.names }
            throw Failure(.missing, "The pipeline names no model. Add 'model: provider/name' to it, or give --model.")
        }
        var models: [ModelName] = []
        for step in steps where step.kind == .model {
            if let race = step.race {
                models += race.models.filter { !models.contains($0) }
                continue
            }
            guard let model = step.model ?? pipeline.model else {
                throw Failure(
                    .missing,
                    "Step '\(step.id)' names no model, and neither does the pipeline. Add 'model: provider/name', or give --model."
                )
            }
            models += model.names.filter { !models.contains($0) }
        }
        return models
    }

    /// The models that the gates of the goal ask.
    private func judges(_ pipeline: Pipeline, besides author: ModelName?) throws(Failure) -> [ModelName] {
        var judges: [ModelName] = []
        let registry = registry.including(pipeline, in: nil).0
        for gate in pipeline.gates {
            let factory = try registry.gate(gate.id)
            guard factory.asksModels else { continue }
            let made: any Gate
            do throws(FieldProblems) { made = try factory.make(gate.settings) } catch { throw error.failure }
            judges.append(try registry.judge(made.judge, besides: author, in: pipeline))
        }
        return judges
    }

    private func check(_ model: ModelName, in pipeline: Pipeline, sharing shared: Money?) throws(Failure) {
        let provider = try registry.provider(of: model, in: pipeline)
        try provider.check(model.model, secrets: secrets)
        guard !pipeline.limits.allowUnknownPrice, registry.price(of: model, in: pipeline, asked: provider) == nil else {
            return
        }
        guard let limit = pipeline.limits.cost else {
            if let shared { throw Budget.unknownPrice(of: "\(model)", shared) }
            return
        }
        throw Failure(
            .invalidInput,
            """
            The price of '\(model)' is not known, so the limit of \(limit) cannot be kept. Give input_price \
            and output_price under 'providers: \(model.provider):', write the model into prices.yaml, leave \
            'limits.cost' out, or set 'limits.allow_unknown_price: true' (--allow-unknown-price).
            """
        )
    }

    /// Looks at a model as a pipeline that says nothing of its provider would use it.
    ///
    /// - Throws: ``Failure`` with the first thing that would keep it from being asked.
    public func check(_ model: ModelName) throws(Failure) {
        try registry.provider(model.provider, settings: [:]).check(model.model, secrets: secrets)
    }

    /// A sentence for each limit that even the first reply might pass, so that the run would ask before it.
    ///
    /// Counted is a request without messages: what is told here is certain, and messages only make it more.
    public func warnings(_ pipeline: Pipeline) -> [String] {
        guard let least = leastReserved(pipeline) else { return [] }
        let limits = pipeline.limits
        var warnings: [String] = []
        if let limit = limits.cost, let cost = least.cost, cost > limit {
            warnings.append(Self.warning("cost", "\(limit)", "\(cost)"))
        }
        if let limit = limits.tokens, least.tokens > limit.tokens {
            warnings.append(Self.warning("tokens", "\(limit) tokens", "\(least.tokens) tokens"))
        }
        return warnings
    }

    private static func warning(_ limit: String, _ amount: String, _ least: String) -> String {
        """
        The limit of \(amount) is less than even a short first reply may take, \(least), so the run will ask before \
        it. Raise 'limits.\(limit)'.
        """
    }

    private func leastReserved(_ pipeline: Pipeline) -> Spending? {
        var state = RunState()
        state.facts.pipeline = pipeline
        state.facts.limits = pipeline.limits
        guard let briefing = try? Briefing(state, registry.including(pipeline, in: nil).0) else { return nil }
        return ModelTurn.worstCase(state, briefing, reply: min(ModelTurn.leastReply, pipeline.limits.reply.tokens))
    }
}
