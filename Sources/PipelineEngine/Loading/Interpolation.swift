import PipelineKit

/// Replaces the references in a pipeline, and notes what is wrong with them.
struct Interpolation {
    /// What a reference stands for.
    enum Meaning {
        case value(JSONValue)
        /// A value of the right kind for one that nobody has given yet.
        case standIn(JSONValue)
        case problem(String)
    }

    private let meaning: (Reference) -> Meaning
    private(set) var findings: [Finding] = []
    /// The values that hold a stand-in: nothing in them is known before the run starts.
    private(set) var uncertain: Set<FieldPath> = []

    init(_ meaning: @escaping (Reference) -> Meaning) { self.meaning = meaning }

    /// Replaces the references in everything that may hold them.
    mutating func replace(in pipeline: inout Pipeline) {
        pipeline.description = text(pipeline.description, at: FieldPath().appending("description"))
        pipeline.instructions = text(pipeline.instructions, at: FieldPath().appending("instructions"))
        if let models = pipeline.model { pipeline.model = replaced(models, at: FieldPath().appending("model")) }
        let providers = FieldPath().appending("providers")
        pipeline.providers = members(pipeline.providers, at: providers)
        pipeline.tools.with = members(pipeline.tools.with, at: FieldPath().appending("tools").appending("with"))
        let goal = FieldPath().appending("goal")
        pipeline.goal.judge = replaced(pipeline.goal.judge, at: goal)
        pipeline.goal.editable = texts(pipeline.goal.editable, at: goal.appending("editable"))
        pipeline.goal.protect = texts(pipeline.goal.protect, at: goal.appending("protect"))
        pipeline.goal.holdout = texts(pipeline.goal.holdout, at: goal.appending("holdout")) ?? []
        // The pipelines of agents have had theirs replaced; a `${` in them is only text.
        let agents = pipeline.agents
        pipeline.agents = nil
        if !pipeline.brought.isEmpty { pipeline.brought = members(pipeline.brought, at: FieldPath()) }
        pipeline.agents = agents
        let workspace = FieldPath().appending("workspace")
        pipeline.workspace.readable = places(pipeline.workspace.readable, at: workspace.appending("readable"))
        pipeline.workspace.writable = places(pipeline.workspace.writable, at: workspace.appending("writable"))
    }

    private mutating func places(_ paths: [String], at path: FieldPath) -> [String] {
        var result: [String] = []
        for (index, one) in paths.enumerated() {
            let place = path.appending(index)
            let real = text(one, at: place)
            if real != one, !uncertain.contains(place), !WorkspacePolicy.isPlace(real) {
                note("It must be an absolute path, or begin with '~/', but is '\(real)'.", at: place)
            }
            result.append(real)
        }
        return result
    }

    private mutating func replaced(_ models: ModelChain, at path: FieldPath) -> ModelChain {
        guard !models.others.isEmpty else { return ModelChain(replaced(models.first, at: path)) }
        var names: [ModelName] = []
        for (index, name) in models.names.enumerated() { names.append(replaced(name, at: path.appending(index))) }
        return ModelChain(names[0], Array(names.dropFirst()))
    }

    private mutating func replaced(_ model: ModelName, at path: FieldPath) -> ModelName {
        guard Template.isNeeded(for: model.description) else { return model }
        let name = text(model.description, at: path)
        guard let read = ModelName(name), !read.model.isEmpty else {
            if !uncertain.contains(path), !findings.contains(where: { $0.problem.path == path }) {
                note("Field 'model' must be a model such as 'openai/gpt-5.2', but is \"\(name)\".", at: path)
            }
            return model
        }
        return read
    }

    private mutating func replaced(_ judge: Judge, at path: FieldPath) -> Judge {
        switch judge {
        case .gate(let id, let settings): .gate(id, with: value(settings, at: path.appending("with")))
        case .not(let part): .not(replaced(part, at: path.appending("not")))
        case .best(let part): .best(replaced(part, at: path.appending("best")))
        case .all(let parts): .all(replaced(parts, at: path.appending("all")))
        case .any(let parts): .any(replaced(parts, at: path.appending("any")))
        }
    }

    private mutating func replaced(_ parts: [Judge], at path: FieldPath) -> [Judge] {
        var result: [Judge] = []
        for (index, part) in parts.enumerated() { result.append(replaced(part, at: path.appending(index))) }
        return result
    }

    private mutating func texts(_ texts: [String]?, at path: FieldPath) -> [String]? {
        guard let texts else { return nil }
        var result: [String] = []
        for (index, one) in texts.enumerated() { result.append(text(one, at: path.appending(index))) }
        return result
    }

    private mutating func members(_ members: [String: JSONValue], at path: FieldPath) -> [String: JSONValue] {
        value(.object(members), at: path).members
    }

    private mutating func text(_ text: String, at path: FieldPath) -> String {
        value(.string(text), at: path).written
    }

    /// The value with the references in all its texts replaced; a text that is one reference becomes what it stands
    /// for.
    mutating func value(_ value: JSONValue, at path: FieldPath) -> JSONValue {
        switch value {
        case .string(let text):
            guard Template.isNeeded(for: text), !Self.isSecret(text) else { return value }
            return filled(Template(text), at: path)
        case .array(let elements):
            var result: [JSONValue] = []
            for (index, one) in elements.enumerated() { result.append(self.value(one, at: path.appending(index))) }
            return .array(result)
        case .object(let members):
            var result: [String: JSONValue] = [:]
            for (key, one) in members.sorted(by: { $0.key < $1.key }) {
                result[key] = self.value(one, at: path.appending(key))
            }
            return .object(result)
        default: return value
        }
    }

    /// A reference to a secret is left alone, so that nothing a person gives decides which secret is read.
    private static func isSecret(_ text: String) -> Bool { Secret.isMeant(by: text) && !text.contains(" ") }

    private mutating func filled(_ template: Template, at path: FieldPath) -> JSONValue {
        var values: [JSONValue] = []
        for part in template.parts {
            switch part {
            case .text(let text): values.append(.string(text))
            case .reference(let reference, let written):
                values.append(resolved(reference, written, at: path))
            }
        }
        return values.count == 1 ? values[0] : .string(values.map(\.written).joined())
    }

    private mutating func resolved(_ reference: Reference, _ written: String, at path: FieldPath) -> JSONValue {
        switch meaning(reference) {
        case .value(let value): return value
        case .standIn(let value):
            uncertain.insert(path)
            return value
        case .problem(let sentence):
            uncertain.insert(path)
            findings.append(Finding(.error, FieldProblem(path, sentence), quoted: written))
            return .string(written)
        }
    }

    private mutating func note(_ sentence: String, at path: FieldPath) {
        findings.append(Finding(.error, FieldProblem(path, sentence)))
    }
}

extension JSONValue {
    /// The value as it stands inside a text.
    fileprivate var written: String { text ?? description }
}
