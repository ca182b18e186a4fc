// What conditions name, and which steps can ever begin.
extension StepGraph {
    /// How a step may end.
    private enum End: String, CaseIterable {
        case passed
        case failed
        case skipped
    }

    /// Runs that were recorded before anybody looked at what pipelines hand on have to be read still.
    var conditionProblems: [FieldProblem] {
        problems { step, name in
            problem(withStepIn: name, for: step) ?? (isCalled(name) ? nil : problem(withValueIn: name))
        }
    }

    /// What conditions name of steps that are pipelines, and those do not hand on; not among the ``problems``.
    public var calledOutputProblems: [FieldProblem] {
        problems { step, name in
            isCalled(name) && problem(withStepIn: name, for: step) == nil ? problem(withValueIn: name) : nil
        }
    }

    private func problems(with condition: (Step, String) -> String?) -> [FieldProblem] {
        steps.enumerated().flatMap { index, step in
            (step.if?.names ?? []).compactMap { name in
                condition(step, name).map { FieldProblem(FieldPath().appending(index).appending("if"), $0) }
            }
        }
    }

    private func isCalled(_ name: String) -> Bool { Self.step(in: name).flatMap { self[$0] }?.kind == .pipeline }

    /// What is wrong with a name in a condition, or in a reference `${...}`, of a step; `nil` when it names something
    /// that is known by the time the step begins.
    ///
    /// - Parameter name: `steps.lint.passed`; names that begin otherwise are another's affair.
    public func problem(with name: String, for step: Step) -> String? {
        problem(withStepIn: name, for: step) ?? problem(withValueIn: name)
    }

    private func problem(withStepIn name: String, for step: Step) -> String? {
        let parts = Self.parts(of: name)
        guard parts[0] == "steps" else { return nil }
        guard parts.count == 3 else {
            return "'\(name)' names nothing of a step. Write 'steps.ID.passed', for example."
        }
        guard let other = self[parts[1]] else {
            let near = Suggestion.sentence(for: parts[1], among: steps.map(\.id))
            return "'\(name)' names a step '\(parts[1])' that is not there.\(near)"
        }
        guard !ancestors(of: step.id).contains(other.id) else { return nil }
        return other.id == step.id
            ? "'\(name)' is of the step itself, and is not known before it has ended."
            : "'\(name)' is not known when '\(step.id)' begins: add '\(other.id)' to its 'needs'."
    }

    private func problem(withValueIn name: String) -> String? {
        let parts = Self.parts(of: name)
        guard parts.count == 3, parts[0] == "steps", let other = self[parts[1]], let outputs = other.outputNames else {
            return nil
        }
        let known = Step.reserved + outputs
        guard !known.contains(parts[2]) else { return nil }
        let near = Suggestion.nearest(to: parts[2], among: known).map { " Did you mean 'steps.\(other.id).\($0)'?" }
        let all = " It has: \(known.joined(separator: ", "))."
        return "Nobody sets '\(parts[2])' of step '\(other.id)'.\(near ?? all)"
    }

    private static func parts(of name: String) -> [String] {
        name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    }

    /// Steps that no run ever begins, whatever comes of those before them.
    var deadSteps: [FieldProblem] {
        var ends: [String: Set<End>] = [:]
        var problems: [FieldProblem] = []
        for index in order {
            let step = steps[index]
            let (mayBegin, mayBeSkipped) = prospects(of: step, after: ends)
            ends[step.id] = Set((mayBegin ? [.passed, .failed] : []) + (mayBeSkipped ? [.skipped] : []))
            guard !mayBegin else { continue }
            let why =
                step.if.map { "its condition '\($0)' never holds" }
                ?? "it needs '\(step.needs.first { ends[$0]?.contains(.passed) == false } ?? "")', which never does"
            let path = FieldPath().appending(index).appending(step.if == nil ? "needs" : "if")
            problems.append(FieldProblem(path, "Step '\(step.id)' never begins: \(why)."))
        }
        return problems
    }

    private func prospects(of step: Step, after ends: [String: Set<End>]) -> (mayBegin: Bool, mayBeSkipped: Bool) {
        guard let condition = step.if else {
            let needs = step.needs.compactMap { ends[$0] }
            let mayNot = step.needs.contains { need in
                let isIgnored = self[need]?.onFailure == .ignore
                return ends[need]?.contains { $0 == .skipped || ($0 == .failed && !isIgnored) } == true
            }
            return (needs.allSatisfy { $0.contains(.passed) }, mayNot)
        }
        var found: Set<Bool> = []
        for state in states(of: condition, ends) {
            guard let truth = condition.truth({ value(of: $0, in: state) }) else { return (true, true) }
            found.insert(truth)
        }
        return (found.contains(true), found.contains(false))
    }

    /// All ways in which the steps that a condition names may have ended; the condition is taken to be open where there
    /// are too many.
    private func states(of condition: Condition, _ ends: [String: Set<End>]) -> [[String: End]] {
        let named = Set(condition.names.compactMap { Self.step(in: $0) }).sorted()
        guard named.count <= Self.mostNamed else { return [[:]] }
        return named.reduce([[:]]) { states, id in
            let possible = End.allCases.filter { ends[id]?.contains($0) ?? true }
            return states.flatMap { state in possible.map { state.merging([id: $0]) { $1 } } }
        }
    }

    private static let mostNamed = 7

    private static func step(in name: String) -> String? {
        let parts = name.split(separator: ".")
        return parts.count == 3 && parts[0] == "steps" ? String(parts[1]) : nil
    }

    /// What a name stands for as far as it follows from how its step ended.
    private func value(of name: String, in state: [String: End]) -> JSONValue? {
        guard let id = Self.step(in: name), let end = state[id] else { return nil }
        switch name.split(separator: ".")[2] {
        case "status": return .string(end.rawValue)
        case let field where End(rawValue: String(field)) != nil: return .bool(field == end.rawValue)
        case "empty" where end == .skipped: return true
        case "summary" where end == .skipped: return ""
        default: return end == .skipped ? .null : nil
        }
    }
}
