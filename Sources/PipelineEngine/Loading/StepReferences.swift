import PipelineKit

extension Step {
    /// The step with what other steps handed on in the place of its references.
    ///
    /// - Parameter item: What `${item}` stands for.
    func filled(_ results: [String: StepResult], item: JSONValue? = nil) -> Step {
        var interpolation = Interpolation { reference in
            switch reference {
            case .step(let name): .value(StepGraph.value(of: name, in: results) ?? "")
            case .item: .value(item ?? "")
            // Those were replaced when the run was started.
            case .input, .environment, .other, .unclosed: .standIn("")
            }
        }
        return interpolation.replaced(self, at: FieldPath())
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
