public import PipelineKit

extension Pipeline {
    /// The pipeline with every reference replaced: what a run works by, and records.
    ///
    /// Not to be resolved again: a `$${` has become `${` by then.
    ///
    /// - Parameters:
    ///   - inputs: By name; a text is converted to the declared type, so that `--set n=5` works.
    ///   - environment: The variables of the process; only those listed under `env` are looked at.
    /// - Throws: every mistake at once: unknown inputs, missing ones, values of another type, variables that are
    ///   not set.
    public func resolved(
        inputs: [String: JSONValue] = [:],
        environment: [String: String] = [:]
    ) throws(FieldProblems) -> Pipeline {
        var problems: [FieldProblem] = []
        let values = values(of: inputs, &problems)
        let scope = ReferenceScope(self)
        var interpolation = Interpolation { reference in
            if let sentence = scope.problem(reference) { return .problem(sentence) }
            switch reference {
            case .input(let name):
                // What is missing has been told by now.
                return values[name].map { .value($0) } ?? .standIn("")
            case .environment(let name):
                return environment[name].map { .value(.string($0)) }
                    ?? .problem("The environment variable '\(name)' is not set.")
            case .step, .item, .other, .unclosed: return .standIn("")
            }
        }
        var result = self
        interpolation.replace(in: &result)
        problems += interpolation.findings.map(\.problem)
        guard problems.isEmpty else { throw FieldProblems(problems) }
        // Those of steps and of races set none of the pipeline's.
        if steps == nil, race == nil { result.tools = result.tools.settingOutputs(outputs ?? [:]) }
        return result
    }

    /// What every input that has a value is.
    private func values(of given: [String: JSONValue], _ problems: inout [FieldProblem]) -> [String: JSONValue] {
        for name in given.keys.sorted() where inputs[name] == nil {
            let near = Suggestion.sentence(for: name, among: inputs.keys)
            let hint = near.isEmpty && inputs.isEmpty ? " The pipeline '\(self.name)' has none." : near
            let path = FieldPath().appending("inputs").appending(name)
            problems.append(FieldProblem(path, "Unknown input '\(name)'.\(hint)", in: .key))
        }
        var values: [String: JSONValue] = [:]
        for (name, input) in inputs.sorted(by: { $0.key < $1.key }) {
            let path = FieldPath().appending("inputs").appending(name)
            guard let value = given[name].map(input.type.converted) ?? input.default else {
                let help = input.help.isEmpty ? "" : " \(input.help)"
                problems.append(FieldProblem(path, "Input '\(name)' has no default and must be given.\(help)"))
                continue
            }
            guard input.type.takes(value) else {
                let sentence = "Input '\(name)' must be \(input.type.words), but is \(value)."
                problems.append(FieldProblem(path, sentence))
                continue
            }
            values[name] = value
        }
        return values
    }
}

extension ToolPolicy {
    /// The rules with which a model can set outputs, if there are any.
    func settingOutputs(_ outputs: [String: OutputDeclaration]) -> ToolPolicy {
        let rule = ToolRule(Step.outputTool)
        guard !outputs.isEmpty, !(allow + ask).contains(rule) else { return self }
        var policy = self
        policy.allow.append(rule)
        return policy
    }
}
