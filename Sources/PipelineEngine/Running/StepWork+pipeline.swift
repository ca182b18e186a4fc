import PipelineKit

// What the run of a step works by.
extension StepWork {
    /// - Parameters:
    ///   - step: With its references replaced.
    ///   - spent: By runs of the step, which the run of the pipeline does not know of yet.
    /// - Throws: ``Failure/Kind/invalidInput`` for a pipeline that cannot be started like this.
    func pipeline(
        of step: Step,
        for parent: RunState,
        besides spent: Spending,
        at now: Instant
    ) throws(Failure) -> Pipeline {
        guard let own = parent.currentPipeline else { throw Failure(.invalidInput, "The run has no pipeline.") }
        var pipeline = step.kind == .pipeline ? try Self.called(step) : own.stepping(step)
        let words = words(for: parent)
        if !words.isEmpty { pipeline.tell(words) }
        pipeline.limits = pipeline.limits.within(parent, besides: spent, at: now)
        if let race = step.race, let tokens = pipeline.limits.tokens {
            // Tokens have no account that several could draw on at once.
            pipeline.limits.tokens = TokenCount(tokens.tokens / race.models.count)
        }
        pipeline.serve(parent)
        // Models that race are under way at once, however many steps may be.
        let mayMeet = step.race != nil || parent.limits.parallelSteps > 1
        if pipeline.workspace.isolation == .none, mayMeet, progress.graph.needsOwnFiles(step.id) {
            pipeline.workspace.isolation = .copy
        }
        return pipeline
    }

    /// Whether it is the run's own limit that the step comes to, and not one of the step.
    func isBound(by name: LimitName, in parent: RunState, _ step: Step) -> Bool {
        let own = step.kind == .pipeline ? (try? Self.called(step))?.limits : step.limits
        return switch name {
        case .cost: parent.limits.cost != nil && own?.cost.map { $0 > parent.costLeft } ?? true
        case .tokens: parent.limits.tokens != nil && own?.tokens.map { $0.tokens > parent.tokensLeft } ?? true
        case .wall: parent.limits.wall != nil
        case .day, .key: false
        }
    }

    /// The pipeline that the step names, with what the step gives it.
    private static func called(_ step: Step) throws(Failure) -> Pipeline {
        do throws(FieldProblems) {
            let pipeline = try Pipeline(json: step.pipeline ?? .null)
            return try pipeline.resolved(inputs: step.with?.members ?? [:])
        } catch {
            throw error.failure
        }
    }

    /// What whoever does the work is told of what came before.
    private func words(for parent: RunState) -> String {
        let before = progress.graph.order.map { progress.graph.steps[$0].id }
            .filter(progress.graph.ancestors(of: step.id).contains)
            .compactMap { id in progress.results[id].flatMap { Self.words(id, $0) } }
        guard parent.pipeline?.race == nil else { return "" }
        let opening = "Your work is the step '\(step.id)' of a larger piece of work."
        return ([opening] + before + again(parent)).joined(separator: "\n\n")
    }

    private static func words(_ id: String, _ result: StepResult) -> String? {
        guard result.status != .skipped else { return nil }
        let summary = result.summary.isEmpty ? "" : "\n\(result.summary.shortened(to: 8_000))"
        let outputs = result.outputs.isEmpty ? "" : "\nIt hands on: \(JSONValue.object(result.outputs).jsonText)"
        return "Before it, the step '\(id)' \(result.status.rawValue).\(summary)\(outputs)"
    }

    /// Why there is another pass.
    private func again(_ parent: RunState) -> [String] {
        guard place.pass > 1 else { return [] }
        let failed = progress.graph.failures(in: progress.before).compactMap { id in
            progress.before[id].map { "The step '\(id)' failed. \($0.summary.shortened(to: 4_000))" }
        }
        let goal = (parent.lastCheck?.reason).map { "The goal does not hold. \($0)" } ?? ""
        let why = failed.isEmpty ? goal : failed.joined(separator: "\n")
        return ["This is pass \(place.pass): the work was done before, and was not good enough. \(why)"]
    }
}

extension Pipeline {
    /// The pipeline as it is for the run of one of its steps.
    fileprivate func stepping(_ step: Step) -> Pipeline {
        var pipeline = self
        if race == nil { pipeline.name = "\(name)/\(step.id)" }
        pipeline.inputs = [:]
        pipeline.steps = nil
        pipeline.race = nil
        pipeline.goal = step.goal
        pipeline.outputs = step.outputs
        pipeline.model = step.model ?? model
        pipeline.tools = tools.stepping(step)
        if let limits = step.limits {
            pipeline.limits = limits
            pipeline.limits.allowUnknownPrice = limits.allowUnknownPrice || self.limits.allowUnknownPrice
        } else if race == nil {
            pipeline.limits.iterations = Limits().iterations  // the pipeline's are passes
        }
        // What people are asked after checks and plans they are asked of the whole.
        if human.gate != .beforeWrites { pipeline.human.gate = .never }
        pipeline.workspace.isolation = .none
        if !step.instructions.isEmpty { pipeline.tell(step.instructions) }
        return pipeline
    }
}

extension RunState {
    fileprivate var costLeft: Money { (self.limits.cost ?? .zero) - (self.spent.cost ?? .zero) }
    fileprivate var tokensLeft: Int { (self.limits.tokens?.tokens ?? 0) - self.spent.tokens }
}

extension ToolPolicy {
    /// What the model of a step may call: what the step says, and never what the pipeline denies.
    func stepping(_ step: Step) -> ToolPolicy {
        var policy = step.tools ?? self
        if step.tools != nil {
            policy.deny = deny + policy.deny.filter { !deny.contains($0) }
            policy.with = with.merging(policy.with) { $1 }
        }
        return policy.settingOutputs(step.outputs)
    }
}
