import PipelineKit

extension Step {
    /// What is to be known of a step at a glance, a line for each.
    func words(in pipeline: Pipeline) -> [String] {
        var words = [work(in: pipeline)]
        if let condition = self.if { words.append("if: \(condition)") }
        if let each { words.append("each: \(each.text ?? each.jsonText)") }
        if let goal { words.append("until: \(goal.judge.words)") }
        if !outputs.isEmpty { words.append("hands on: \(outputs.keys.sorted().joined(separator: ", "))") }
        if let retry { words.append(retry.words) }
        if onFailure == .ignore { words.append("on_failure: ignore") }
        return words.map { $0.shortened(to: 240) }
    }

    private func work(in pipeline: Pipeline) -> String {
        switch kind {
        case .model: race?.words ?? "model: \((model ?? pipeline.model)?.words ?? "whichever the run is given")"
        case .gate: "gate: \(gate ?? "")"
        case .human: "question: \(human ?? "")"
        case .pipeline: "pipeline: \(self.pipeline?["name"]?.text ?? self.pipeline?.text ?? "")"
        }
    }
}

extension StepRetry {
    fileprivate var words: String {
        "retry: \(times.counted("time"))" + (wait == .zero ? "" : ", after \(wait.written)")
    }
}

extension ModelChain {
    /// `openai/gpt-5.2, else anthropic/claude-sonnet-4-6`
    var words: String { names.map(\.description).joined(separator: ", else ") }
}

extension Judge {
    /// `pytest and (ruff or pyright)`
    var words: String {
        switch self {
        case .gate(let id, _): id.value
        case .not(let part): "not \(part.part)"
        case .best(let part): "the best \(part.part)"
        case .all(let parts): parts.map(\.part).joined(separator: " and ")
        case .any(let parts): parts.map(\.part).joined(separator: " or ")
        }
    }

    /// The words as they stand within others.
    private var part: String {
        switch self {
        case .all(let parts) where parts.count > 1, .any(let parts) where parts.count > 1: "(\(words))"
        default: words
        }
    }
}

extension Race {
    /// `a race of openai/a and openai/b: the first wins`
    var words: String {
        let names = models.map(\.description)
        let all = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
        return "a race of \(all): the \(win.rawValue) wins"
    }
}
