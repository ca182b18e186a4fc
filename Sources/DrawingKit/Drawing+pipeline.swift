public import PipelineKit

extension Drawing {
    /// What is done in a run of a pipeline: its steps, or the standard loop.
    public init(_ pipeline: Pipeline) {
        guard let steps = pipeline.steps else {
            self.init(loop: pipeline)
            return
        }
        let graph = StepGraph(steps)
        let boxes = graph.order.map { Box(graph.steps[$0], of: pipeline) }
        let needed = Set(steps.flatMap(\.needs))
        let last = graph.order.map { graph.steps[$0].id }.filter { !needed.contains($0) }
        let first = boxes.filter(\.needs.isEmpty).map(\.id)
        self.init(boxes, last: last, ending: pipeline, first: first, rounds: "passes")
    }

    /// The model works and calls tools until it stops; then the goal is judged.
    private init(loop pipeline: Pipeline) {
        let model = Box("(model)", .model, ["the model", pipeline.modelWords])
        let calls = Box("(calls)", .model, ["tool calls"] + pipeline.callWords, needs: ["(model)"])
        var boxes = [model, calls]
        if let moment = pipeline.human.gate.beforeCalls {
            boxes[1].needs = ["(person)"]
            boxes.insert(Box("(person)", .question, ["a person", moment], needs: ["(model)"]), at: 1)
        }
        self.init(boxes, last: ["(calls)"], ending: pipeline, first: ["(model)"], rounds: "iterations")
    }

    /// What comes when the work is done: the goal, a person, and the end or the next time.
    private init(_ work: [Box], last: [String], ending pipeline: Pipeline, first: [String], rounds: String) {
        var (boxes, last) = (work, last)
        let stepsPassed = "when no step has failed"
        if let goal = pipeline.goal {
            let moment = pipeline.steps == nil ? "judged when the model stops" : "judged \(stepsPassed)"
            boxes.append(Box("(goal)", .gate, ["the goal", goal.judge.words, moment], needs: last))
            last = ["(goal)"]
        }
        if let moment = pipeline.human.gate.afterChecks {
            boxes.append(Box("(person)", .question, ["a person", moment], needs: last))
            last = ["(person)"]
        }
        let number = pipeline.limits.iterations
        let again = number > 1 ? "again, up to \(number) \(rounds)" : nil
        let achieved = pipeline.goal == nil ? pipeline.doneWords ?? stepsPassed : "when the goal holds"
        let lines = ["the end", "achieved \(achieved)", again.map { "else \($0)" } ?? "else not achieved"]
        boxes.append(Box("(end)", .end, lines, needs: last))
        self.init(boxes, back: again.map { Return(to: first, words: $0) })
    }
}

extension Drawing.Box {
    fileprivate init(_ step: Step, of pipeline: Pipeline) {
        let told = step.needs.isEmpty ? nil : "needs: \(step.needs.joined(separator: ", "))"
        self.init(step.id, Kind(step.kind), [step.id] + step.words(in: pipeline), needs: step.needs, told: told)
    }
}

extension Drawing.Box.Kind {
    fileprivate init(_ kind: Step.Kind) {
        self =
            switch kind {
            case .model: .model
            case .gate: .gate
            case .human: .question
            case .pipeline: .pipeline
            }
    }
}

extension Pipeline {
    fileprivate var modelWords: String { race?.words ?? model?.words ?? "whichever the run is given" }

    fileprivate var callWords: [String] {
        let asked = Set(tools.ask.map(\.tool))
        let all = asked.union(tools.allow.map(\.tool)).count
        let ask = asked.isEmpty ? "" : "; \(asked.count) of them may ask a person"
        return [all.counted("tool") + ask, "until the model stops, up to \(limits.turns) replies"]
    }

    /// When work that has no goal is done; `nil` when it has steps.
    fileprivate var doneWords: String? {
        guard steps == nil else { return nil }
        let names = (outputs ?? [:]).keys.sorted()
        return names.isEmpty ? "when the model stops" : "when handed on: \(names.joined(separator: ", "))"
    }
}

extension HumanPolicy.Moment {
    fileprivate var beforeCalls: String? {
        switch self {
        case .beforeWrites: "asked before each call that writes"
        case .plan: "asked about the plan"
        case .never, .afterCheck, .afterFailedCheck: nil
        }
    }

    fileprivate var afterChecks: String? {
        switch self {
        case .afterCheck: "asked after each check"
        case .afterFailedCheck: "asked after each check that fails"
        case .never, .beforeWrites, .plan: nil
        }
    }
}
