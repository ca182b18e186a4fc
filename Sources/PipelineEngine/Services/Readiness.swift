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
        if let first = problems(pipeline, sharing: shared).first { throw first }
    }

    /// Everything that would keep models of the pipeline from being asked, each once.
    ///
    /// - Parameter shared: A limit of cost that the run would share with others.
    public func problems(_ pipeline: Pipeline, sharing shared: Money? = nil) -> [Failure] {
        var problems: [Failure] = []
        func note(_ work: () throws(Failure) -> Void) {
            do throws(Failure) { try work() } catch { if !problems.contains(error) { problems.append(error) } }
        }
        let work = Self.work(pipeline)
        for part in work {
            if part.models.isEmpty { note { () throws(Failure) in throw Self.nameless(part.step) } }
            for model in part.models {
                note { () throws(Failure) in try check(model, in: pipeline, part.limits, sharing: shared) }
            }
        }
        note { () throws(Failure) in
            for judge in try judges(pipeline, besides: work.flatMap(\.models).first) {
                note { () throws(Failure) in try check(judge, in: pipeline, pipeline.limits, sharing: shared) }
            }
        }
        return problems
    }

    /// Models at work, of a step or of a pipeline without any, and what they may use.
    private struct Work {
        var step: String?
        var models: [ModelName]
        var limits: Limits
    }

    private static func work(_ pipeline: Pipeline) -> [Work] {
        guard let steps = pipeline.steps else {
            return [Work(models: pipeline.race?.models ?? pipeline.model?.names ?? [], limits: pipeline.limits)]
        }
        return steps.filter { $0.kind == .model }.map { step in
            var limits = step.limits ?? pipeline.limits
            // It may use no more than the run has, and do what the run may.
            limits.cost = [limits.cost, pipeline.limits.cost].compactMap(\.self).min()
            limits.allowUnknownPrice = limits.allowUnknownPrice || pipeline.limits.allowUnknownPrice
            let models = step.race?.models ?? (step.model ?? pipeline.model)?.names ?? []
            return Work(step: step.id, models: models, limits: limits)
        }
    }

    private static func nameless(_ step: String?) -> Failure {
        guard let step else {
            return Failure(.missing, "The pipeline names no model. Add 'model: provider/name' to it, or give --model.")
        }
        return Failure(
            .missing,
            "Step '\(step)' names no model, and neither does the pipeline. Add 'model: provider/name', or give --model."
        )
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

    private func check(
        _ model: ModelName,
        in pipeline: Pipeline,
        _ limits: Limits,
        sharing shared: Money?
    ) throws(Failure) {
        let provider = try registry.provider(of: model, in: pipeline)
        try provider.check(model.model, secrets: secrets)
        guard !limits.allowUnknownPrice, registry.price(of: model, in: pipeline, asked: provider) == nil else { return }
        guard let limit = limits.cost else {
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
