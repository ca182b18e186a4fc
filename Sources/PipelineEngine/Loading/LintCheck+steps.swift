import PipelineKit

/// What is wrong with what single steps say: by the rules that hold for a whole pipeline.
extension LintCheck {
    var steps: [Finding] {
        let pairs = zip(written.steps ?? [], pipeline.steps ?? [])
        let names = StepGraph(written.steps ?? []).calledOutputProblems.map { problem in
            Finding(FieldProblem(Self.path("steps").appending(problem.path), problem.message))
        }
        return names
            + pairs.enumerated().flatMap { index, pair in
                let place = Self.path("steps").appending(index)
                let check = self.check(of: pair.1, written: pair.0, at: place)
                return Self.findings(of: pair.1, check).map { $0.moved(to: place, isGate: pair.1.kind == .gate) }
                    + self.inputs(of: pair.1, at: place) + commandLines(of: pair.0, at: place)
            }
    }

    /// The step as a pipeline of its own.
    private func check(of step: Step, written: Step, at place: FieldPath) -> LintCheck {
        let inner = uncertain.compactMap { path in
            path.parts.starts(with: place.parts) ? FieldPath(Array(path.parts.dropFirst(place.parts.count))) : nil
        }
        let goalPath = FieldPath().appending("goal")
        return LintCheck(
            written: Self.pipeline(self.written, of: written),
            pipeline: Self.pipeline(pipeline, of: step),
            uncertain: Set(step.kind == .gate ? inner.map(goalPath.appending) : inner),
            registry: registry
        )
    }

    private static func pipeline(_ whole: Pipeline, of step: Step) -> Pipeline {
        var pipeline = whole
        pipeline.goal = step.gate.map { Goal(.gate(ModuleID($0), with: step.with ?? [:])) } ?? step.goal
        pipeline.model = step.model
        pipeline.race = step.race
        if let tools = step.tools { pipeline.tools = tools }
        if let limits = step.limits { pipeline.limits = limits }
        return pipeline
    }

    private static func findings(of step: Step, _ check: LintCheck) -> [Finding] {
        let tools = step.tools == nil ? [] : check.tools
        let limits = step.limits == nil ? [] : check.limits.filter { $0.problem.path.parts.first == .key("limits") }
        return check.goal + check.globs + check.asksModels(step) + check.models + tools + limits
    }

    /// Judging a step is no check of the run, which alone can have a model asked.
    private func asksModels(_ step: Step) -> [Finding] {
        guard let gate = step.gate, registry.gates[ModuleID(gate)]?.asksModels == true else { return [] }
        let sentence = """
            The gate '\(gate)' asks a model, which a step that is a gate cannot. Write a step with 'goal: \(gate)', or make it \
            the goal of the pipeline.
            """
        return [Finding(FieldProblem(Self.path("goal", "gate"), sentence))]
    }

    /// What the pipeline that a step names asks for, and what the step gives it.
    private func inputs(of step: Step, at place: FieldPath) -> [Finding] {
        guard let json = step.pipeline, let called = try? Pipeline(json: json) else { return [] }
        let given = step.with?.members ?? [:]
        let unknown = given.keys.sorted().filter { called.inputs[$0] == nil }.map { name in
            let near = Suggestion.sentence(for: name, among: called.inputs.keys)
            let sentence = "The pipeline '\(called.name)' has no input '\(name)'.\(near)"
            return Finding(FieldProblem(place.appending("with").appending(name), sentence, in: .key))
        }
        let missing = called.inputs.filter { $0.value.default == nil && given[$0.key] == nil }.keys.sorted()
        return unknown
            + missing.map { name in
                let sentence = "The pipeline '\(called.name)' needs the input '\(name)': give it under 'with'."
                return Finding(FieldProblem(place.appending("pipeline"), sentence))
            }
    }
}

extension Finding {
    /// The finding where it stands in the step.
    fileprivate func moved(to place: FieldPath, isGate: Bool) -> Finding {
        var finding = self
        let parts = problem.path.parts
        // A gate stands in the step itself.
        let own = isGate && parts.first == .key("goal") ? Array(parts.dropFirst()) : parts
        finding.problem.path = place.appending(FieldPath(own))
        return finding
    }
}
