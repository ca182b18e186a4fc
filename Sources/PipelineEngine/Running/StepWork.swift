import PipelineKit

/// What a step is to do in a pass: with what the steps before it handed on, for each of its elements.
struct StepWork: Sendable {
    let place: StepPlace
    /// As it was written, its references open.
    let step: Step
    let progress: StepProgress
    let run: RunID
    /// One for each time that the work is done; `nil` stands for the work of a step that has no list.
    let elements: [JSONValue?]
    /// What the elements need of each other.
    let tasks: StepGraph

    /// - Throws: ``Failure/Kind/invalidInput`` when what it goes through is no list, or too long a one.
    init(_ place: StepPlace, _ step: Step, _ state: RunState) throws(Failure) {
        guard var progress = state.steps, let run = state.start?.run else {
            throw Failure(.invalidInput, "The run has no steps.")
        }
        // The first step of a pass is looked at before the pass is recorded as begun.
        if place.pass > state.iteration { progress.beginPass() }
        self.place = place
        self.step = step
        self.progress = progress
        self.run = run
        elements = try Self.elements(of: step, progress.results)
        tasks = StepGraph(tasks: elements.map { $0 ?? .null })
        guard step.race == nil else { return }
        let problems = elements.lazy.compactMap { $0.flatMap { step.problem(with: $0, progress.results) } }
        if let problem = problems.first { throw Failure(.invalidInput, problem) }
    }

    /// What the step goes through, once for each.
    static func elements(of step: Step, _ results: [String: StepResult]) throws(Failure) -> [JSONValue?] {
        if let race = step.race { return race.models.map(\.json) }
        guard let each = step.filled(results).each else { return [nil] }
        guard case .array(let elements) = each else {
            throw Failure(.invalidInput, "'each' must be a list, but is \(each.jsonText.shortened(to: 200)).")
        }
        guard elements.count <= Step.mostElements else {
            throw Failure(
                .invalidInput,
                "'each' may have \(Step.mostElements) elements, but has \(elements.count)."
            )
        }
        if let problem = StepGraph.problems(inTasks: elements).first {
            throw Failure(.invalidInput, "'each' cannot be gone through: 'each\(problem.path)': \(problem.message)")
        }
        return elements.map(\.self)
    }

    /// The step as it is done for an element when those that it needs have ended.
    func filled(at index: Int, after results: [String: StepResult]) -> Step {
        var filled = filled(elements[index])
        let before = tasks.steps[index].needs.compactMap { id in
            results[id].map { "Before it, the task '\(id)' \($0.status.rawValue).\n\($0.summary.shortened(to: 4_000))" }
        }
        if !before.isEmpty { filled.instructions = (before + [filled.instructions]).joined(separator: "\n\n") }
        return filled
    }

    /// The step as it is done for an element.
    func filled(_ element: JSONValue?) -> Step {
        var filled = step.filled(progress.results, item: element)
        // Of a race, an element is a model.
        if step.race != nil { filled.model = element?.text.flatMap { ModelName($0) }.map { ModelChain($0) } }
        return filled
    }

    /// What a person is asked; `nil` for a step that is no question.
    var question: String? { step.kind == .human ? filled(nil).human?.trimmed : nil }

    /// The runs that do the work at the first try.
    var runs: [RunID] {
        step.changesFiles ? elements.indices.map { name(ofElement: $0, attempt: 1) } : []
    }

    /// What the run is called that does the work for an element: the same each time it is asked, so that it is started
    /// once.
    func name(ofElement index: Int, attempt: Int) -> RunID {
        let number = (progress.graph.place(of: step.id) ?? 0) + 1
        let element = step.each == nil && step.race == nil ? "" : "-\(index + 1)"
        return RunID("\(run)-\(place.pass)-\(number)\(element)").attempt(attempt)
    }

    /// What an element is called in the summary: `2.`, or `client`.
    private func name(at index: Int) -> String {
        let id = tasks.steps[index].id
        return id == "\(index + 1)" ? "\(id)." : id
    }

    /// How often it is tried at most.
    var attempts: Int { (step.retry?.times ?? 0) + 1 }

    /// All that came of its elements as what came of the step.
    func result(of parts: [StepResult]) -> StepResult {
        guard step.each != nil else { return parts.first ?? StepResult(.passed) }
        let status: StepResult.Status = parts.allSatisfy { $0.status == .passed } ? .passed : .failed
        let lines = parts.enumerated().map { index, part in
            "\(name(at: index)) \(part.status.rawValue): \(part.summary.shortened(to: 1_000))"
        }
        let outputs = (step.outputNames ?? []).map { name in
            (name, JSONValue.array(parts.map { $0.outputs[name] ?? .null }))
        }
        return StepResult(
            status,
            summary: lines.joined(separator: "\n"),
            outputs: Dictionary(uniqueKeysWithValues: outputs)
        )
    }
}

extension RunID {
    /// What the run is called that tries again what this one tried first.
    func attempt(_ number: Int) -> RunID { number == 1 ? self : RunID("\(self)-t\(number)") }
}

extension StepProgress {
    /// All runs that may do the work of steps that are under way, those of further tries among them.
    var runs: [RunID] {
        begun.flatMap { step, runs in
            let attempts = (graph[step]?.retry?.times ?? 0) + 1
            return runs.flatMap { run in (1...attempts).map { run.attempt($0) } }
        }
    }
}
