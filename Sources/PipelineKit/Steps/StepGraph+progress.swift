// What comes next, from what has come so far and from nothing else.
extension StepGraph {
    /// What becomes of a step when all that it needs has ended.
    public enum Move: Sendable, Hashable {
        case begin(String)
        case leaveOut(String)
    }

    /// The steps for which it is decided by now whether they begin, in their ``order``; steps that have ended are not among
    /// them, and those that are under way are.
    ///
    /// - Parameters:
    ///   - results: Of the steps that have ended.
    ///   - value: What names in conditions stand for that are not of steps; `nil` for what is not there.
    public func moves(after results: [String: StepResult], _ value: (String) -> JSONValue? = { _ in nil }) -> [Move] {
        order.map { steps[$0] }.compactMap { step in
            guard results[step.id] == nil, step.needs.allSatisfy({ results[$0] != nil }) else { return nil }
            return begins(step, results, value) ? .begin(step.id) : .leaveOut(step.id)
        }
    }

    private func begins(_ step: Step, _ results: [String: StepResult], _ value: (String) -> JSONValue?) -> Bool {
        guard let condition = step.if else {
            return step.needs.allSatisfy { results[$0]?.status == .passed || hasOnlyFailed($0, results) }
        }
        return condition.holds { Self.value(of: $0, in: results) ?? value($0) }
    }

    /// Whether a step failed, and that counts for nothing.
    private func hasOnlyFailed(_ id: String, _ results: [String: StepResult]) -> Bool {
        results[id]?.status == .failed && self[id]?.onFailure == .ignore
    }

    /// What a name such as `steps.plan.summary` stands for; `nil` when it is of no step that has ended.
    public static func value(of name: String, in results: [String: StepResult]) -> JSONValue? {
        let parts = name.split(separator: ".", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == "steps" else { return nil }
        return results[parts[1]]?[parts[2]]
    }

    /// Whether all steps have ended.
    public func isOver(_ results: [String: StepResult]) -> Bool { steps.allSatisfy { results[$0.id] != nil } }

    /// The steps over which a pass has failed, in the order they were written.
    public func failures(in results: [String: StepResult]) -> [String] {
        steps.filter { results[$0.id]?.status == .failed && $0.onFailure == .fail }.map(\.id)
    }
}
