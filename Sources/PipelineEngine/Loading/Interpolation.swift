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
    /// The step whose texts are replaced: what its references to other steps stand for is known when it begins.
    private var later: (step: Step, graph: StepGraph)?

    /// Whether a person reads the text.
    private var isForPeople = false

    init(_ meaning: @escaping (Reference) -> Meaning) { self.meaning = meaning }

    /// Replaces the references in everything that may hold them.
    mutating func replace(in pipeline: inout Pipeline) {
        pipeline.description = text(pipeline.description, at: FieldPath().appending("description"))
        pipeline.instructions = text(pipeline.instructions, at: FieldPath().appending("instructions"))
        pipeline.race = pipeline.race.map { replaced($0, at: FieldPath().appending("race")) }
        if let models = pipeline.model { pipeline.model = replaced(models, at: FieldPath().appending("model")) }
        let providers = FieldPath().appending("providers")
        pipeline.providers = members(pipeline.providers, at: providers)
        pipeline.tools.with = members(pipeline.tools.with, at: FieldPath().appending("tools").appending("with"))
        pipeline.goal = pipeline.goal.map { replaced($0, at: FieldPath().appending("goal")) }
        if let steps = pipeline.steps { pipeline.steps = replaced(steps, at: FieldPath().appending("steps")) }
        // The pipelines of agents have had theirs replaced; a `${` in them is only text.
        let agents = pipeline.agents
        pipeline.agents = nil
        if !pipeline.brought.isEmpty { pipeline.brought = members(pipeline.brought, at: FieldPath()) }
        pipeline.agents = agents
        let workspace = FieldPath().appending("workspace")
        pipeline.workspace.readable = places(pipeline.workspace.readable, at: workspace.appending("readable"))
        pipeline.workspace.writable = places(pipeline.workspace.writable, at: workspace.appending("writable"))
    }

    private mutating func replaced(_ goal: Goal, at path: FieldPath) -> Goal {
        var goal = goal
        goal.judge = replaced(goal.judge, at: path)
        goal.editable = texts(goal.editable, at: path.appending("editable"))
        goal.protect = texts(goal.protect, at: path.appending("protect"))
        goal.holdout = texts(goal.holdout, at: path.appending("holdout")) ?? []
        return goal
    }

    /// The steps with all replaced but what other steps hand on.
    private mutating func replaced(_ steps: [Step], at path: FieldPath) -> [Step] {
        let graph = StepGraph(steps)
        defer { later = nil }
        return steps.enumerated().map { index, step in
            later = (step, graph)
            return replaced(step, at: path.appending(index))
        }
    }

    mutating func replaced(_ step: Step, at path: FieldPath) -> Step {
        var step = step
        step.instructions = text(step.instructions, at: path.appending("instructions"))
        if let question = step.human {
            isForPeople = true
            defer { isForPeople = false }
            step.human = text(question, at: path.appending("human"))
        }
        if let with = step.with { step.with = value(with, at: path.appending("with")) }
        if let each = step.each { step.each = value(each, at: path.appending("each")) }
        step.race = step.race.map { replaced($0, at: path.appending("race")) }
        if let models = step.model { step.model = replaced(models, at: path.appending("model")) }
        step.goal = step.goal.map { replaced($0, at: path.appending("goal")) }
        if let tools = step.tools {
            step.tools?.with = members(tools.with, at: path.appending("tools").appending("with"))
        }
        return step
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

    private mutating func replaced(_ race: Race, at path: FieldPath) -> Race {
        var race = race
        var models: [ModelName] = []
        for (index, name) in race.models.enumerated() { models.append(replaced(name, at: path.appending(index))) }
        race.models = models
        return race
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
            case .text(let text): values.append(kept(.string(text)))
            case .reference(let reference, let written):
                values.append(resolved(reference, written, at: path))
            }
        }
        return values.count == 1 && !isForPeople ? values[0] : .string(values.map(written).joined())
    }

    /// A value as it stands until references are looked for again, where they are.
    private func kept(_ value: JSONValue) -> JSONValue { later == nil ? value : value.escapingReferences }

    /// A reference that stays until its step begins; `nil` for every other.
    private mutating func left(_ reference: Reference, _ written: String, at path: FieldPath) -> JSONValue? {
        guard let (step, graph) = later else { return nil }
        switch reference {
        case .step(let name):
            if let sentence = graph.problem(with: name, for: step) {
                findings.append(Finding(.error, FieldProblem(path, sentence), quoted: written))
            }
        case .item where step.each != nil && path.parts.last != .key("each"): break
        case .input, .environment, .item, .other, .unclosed: return nil
        }
        uncertain.insert(path)
        return .string(written)
    }

    private mutating func resolved(_ reference: Reference, _ written: String, at path: FieldPath) -> JSONValue {
        if let kept = left(reference, written, at: path) { return kept }
        switch meaning(reference) {
        case .value(let value): return kept(value)
        case .standIn(let value):
            uncertain.insert(path)
            return value
        case .problem(let sentence):
            uncertain.insert(path)
            findings.append(Finding(.error, FieldProblem(path, sentence), quoted: written))
            return .string(written)
        }
    }

    private func written(_ value: JSONValue) -> String { isForPeople ? value.listed : value.written }

    private mutating func note(_ sentence: String, at path: FieldPath) {
        findings.append(Finding(.error, FieldProblem(path, sentence)))
    }
}

extension JSONValue {
    /// The value as it stands inside a text.
    fileprivate var written: String {
        switch self {
        case .string(let text): text
        case .array, .object: jsonText
        case .null, .bool, .int, .double: description
        }
    }

    /// A list as a person reads it: a line for each element, and of a task what it has to wait for.
    fileprivate var listed: String {
        guard case .array(let elements) = self else { return written }
        guard !elements.isEmpty else { return "(nothing)" }
        return elements.map { "- \($0.item.replacing("\n", with: "\n  "))" }.joined(separator: "\n")
    }

    private var item: String {
        guard let task = try? StepTask(json: self) else { return written }
        return "\(task.id): \(task.task)" + (task.needs.isEmpty ? "" : " (after \(task.needs.joined(separator: ", ")))")
    }
}
