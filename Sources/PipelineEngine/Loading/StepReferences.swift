import PipelineKit

extension Step {
    /// The step with what other steps handed on in the place of its references.
    ///
    /// - Parameter item: What `${item}` stands for.
    func filled(_ results: [String: StepResult], item: JSONValue? = nil) -> Step { filling(results, item).step }

    /// What is wrong with what the step says of an element: members that it does not have.
    func problem(with item: JSONValue, _ results: [String: StepResult]) -> String? { filling(results, item).problem }

    private func filling(_ results: [String: StepResult], _ item: JSONValue?) -> (step: Step, problem: String?) {
        var interpolation = Interpolation { reference in
            switch reference {
            case .step(let name): .value(StepGraph.value(of: name, in: results) ?? "")
            case .item(nil): .value(item ?? "")
            case .item(let member?):
                if let item { Self.value(of: member, in: item) } else { .standIn("") }
            // Those were replaced when the run was started.
            case .input, .environment, .other, .unclosed: .standIn("")
            }
        }
        let step = interpolation.replaced(self, at: FieldPath())
        return (step, interpolation.findings.first?.problem.message)
    }

    private static func value(of member: String, in item: JSONValue) -> Interpolation.Meaning {
        if let value = item[member] { return .value(value) }
        let near = Suggestion.sentence(for: member, among: item.members.keys)
        let text = item.jsonText.shortened(to: 200)
        return .problem("'${item.\(member)}' stands for nothing: the element has no '\(member)'.\(near) It is \(text).")
    }
}

extension JSONValue {
    /// With `$${` for every `${` in its texts, so that it is read as it stands when references are looked for.
    var escapingReferences: JSONValue {
        switch self {
        case .string(let text): Template.isNeeded(for: text) ? .string(text.replacing("${", with: "$${")) : self
        case .array(let elements): .array(elements.map(\.escapingReferences))
        case .object(let members): .object(members.mapValues(\.escapingReferences))
        default: self
        }
    }
}
