import PipelineKit

/// Settings that a shell runs: nothing that a model writes may become a part of one, as it could have a gate pass.
extension LintCheck {
    /// What is wrong with the command lines of a step, and with what it gives to those of the pipeline that it names.
    func commandLines(of step: Step, at place: FieldPath) -> [Finding] {
        let words = ModelsWords(of: step, in: StepGraph(written.steps ?? []))
        let own = settings(of: step).flatMap { gate in
            lines(of: gate).flatMap { path, line in
                words.references(in: .string(line)).map { reference in
                    Self.finding(reference, at: place.appending(path), "'\(path)' is run by a shell")
                }
            }
        }
        guard let called = called(by: step) else { return own }
        let run = inputsRun(in: called)
        let given = (step.with?.members ?? [:]).sorted { $0.key < $1.key }.filter { run.contains($0.key) }
        return own
            + given.flatMap { name, value in
                let why = "a shell runs what the pipeline '\(called.name)' makes of its input '\(name)'"
                let path = place.appending("with").appending(name)
                return words.references(in: value).map { Self.finding($0, at: path, why) }
            }
    }

    private static func finding(_ written: String, at path: FieldPath, _ why: String) -> Finding {
        let sentence = """
            '\(written)' may be what a model has written, and \(why). Have a step write it to a file, and let the command read \
            that.
            """
        return Finding(.error, FieldProblem(path, sentence), quoted: written)
    }

    /// The settings of gates, and where they stand.
    private typealias GateSettings = (id: ModuleID, settings: JSONValue, path: FieldPath)

    /// Those of the gate that the step is, or of those that its goal has.
    private func settings(of step: Step) -> [GateSettings] {
        let with = FieldPath().appending("with")
        if let gate = step.gate { return [(ModuleID(gate), step.with ?? [:], with)] }
        return settings(of: step.goal)
    }

    private func settings(of goal: Goal?) -> [GateSettings] {
        (goal?.judge.gates(at: FieldPath().appending("goal")) ?? []).map {
            ($0.id, $0.settings, $0.path.appending("with"))
        }
    }

    /// The command lines among them.
    private func lines(of gate: GateSettings) -> [(path: FieldPath, line: String)] {
        let fields = registry.gates[gate.id]?.settings.filter(\.isCommandLine) ?? []
        return fields.compactMap { field in
            gate.settings[field.name]?.text.map { (gate.path.appending(field.name), $0) }
        }
    }

    private func called(by step: Step) -> Pipeline? { step.pipeline.flatMap { try? Pipeline(json: $0) } }

    /// The inputs of a pipeline that become a part of something that a shell runs.
    private func inputsRun(in pipeline: Pipeline) -> Set<String> {
        let programs = (pipeline.commands ?? [:]).values.compactMap { $0["run"] }
        let goal = settings(of: pipeline.goal).flatMap { lines(of: $0) }.map { JSONValue.string($0.line) }
        let whole = (programs + goal).flatMap { $0.inputs(through: nil) }
        return (pipeline.steps ?? []).reduce(into: Set(whole)) { names, step in
            let own = settings(of: step).flatMap { lines(of: $0) }.map { JSONValue.string($0.line) }
            let inner = called(by: step).map { inputsRun(in: $0) } ?? []
            let given = (step.with?.members ?? [:]).filter { inner.contains($0.key) }.values
            names.formUnion((own + given).flatMap { $0.inputs(through: step.each) })
        }
    }
}

/// Which references of a step stand for what a model may have written.
private struct ModelsWords {
    private let graph: StepGraph
    private let each: JSONValue

    init(of step: Step, in graph: StepGraph) {
        self.graph = graph
        each = step.each ?? .null
    }

    /// Those of a value, as they were written.
    func references(in value: JSONValue) -> [String] { value.references.filter { isMeant($0.0) }.map(\.1) }

    private func isMeant(_ reference: Reference) -> Bool {
        switch reference {
        case .step(let name): isModels(name)
        // What stands in the list itself its author has written.
        case .item: each.references.contains { if case .step(let name) = $0.0 { isModels(name) } else { false } }
        case .input, .environment, .other, .unclosed: false
        }
    }

    /// How a step ended, what a person answered, and numbers are no words of a model.
    private func isModels(_ name: String) -> Bool {
        let name = name.split(separator: ".", maxSplits: 2).map(String.init)
        guard name.count == 3, let step = graph[name[1]] else { return false }
        if name[2] == "summary" { return step.kind != .human }
        guard !Step.reserved.contains(name[2]) else { return false }
        switch step.outputs[name[2]]?.type {
        case .integer, .number, .boolean: return step.each != nil
        case .string, .list, .tasks, nil: return true
        }
    }
}

extension JSONValue {
    /// All references in its texts, and how they were written.
    fileprivate var references: [(Reference, String)] {
        switch self {
        case .string(let text):
            Template(text).parts.compactMap { part in
                if case .reference(let reference, let written) = part { (reference, written) } else { nil }
            }
        case .array(let elements): elements.flatMap(\.references)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap(\.value.references)
        case .null, .bool, .int, .double: []
        }
    }

    /// The names of the inputs in it.
    ///
    /// - Parameter each: What `${item}` in it is an element of.
    fileprivate func inputs(through each: JSONValue?) -> [String] {
        references.flatMap { reference, _ -> [String] in
            switch reference {
            case .input(let name): [name]
            case .item: each?.inputs(through: nil) ?? []
            case .environment, .step, .other, .unclosed: []
            }
        }
    }
}

extension FieldSchema {
    /// Whether a shell runs the setting: by every gate's convention its help says that it is a command line.
    var isCommandLine: Bool { value == .string && help.contains("command line") }
}
