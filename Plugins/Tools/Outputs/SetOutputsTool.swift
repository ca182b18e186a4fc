import PipelineKit

/// Takes down what a model hands on. The call itself is the record: what was set last stands.
struct SetOutputsTool: Sendable {
    private let outputs: [String: OutputDeclaration]

    /// Bytes of all values together; they go into the words that other models are told.
    private static let most = 64_000

    init(_ outputs: [String: OutputDeclaration]) { self.outputs = outputs }

    /// The names of the outputs that are tasks.
    private var tasks: [String] { outputs.filter { $0.value.type == .tasks }.keys.sorted() }

    /// Tasks that cannot be done in any order are told to whoever hands them on.
    private func problems(inTasks value: JSONValue?, of name: String) -> [FieldProblem] {
        let (tasks, path) = (value?.elements ?? [], FieldPath().appending(name))
        guard tasks.count <= Step.mostElements else {
            return [FieldProblem(path, "There may be \(Step.mostElements) tasks, but there are \(tasks.count).")]
        }
        return StepGraph.problems(inTasks: tasks).map { FieldProblem(path.appending($0.path), $0.message) }
    }

    var declared: DeclaredTool {
        var declared = DeclaredTool(
            ModuleID(Step.outputTool),
            "Hands on what this work was to find out. Call it before you stop; a value that is set again replaces the one before.",
            reach: [.reads],
            arguments: outputs.sorted { $0.key < $1.key }.map { name, output in
                FieldSchema(
                    name: name,
                    value: output.type.schema,
                    help: output.help.isEmpty ? "The value of '\(name)'." : output.help,
                    standard: .null
                )
            }
        ) { arguments, _ throws(Failure) in
            let names = arguments.members.filter { $0.value != .null }.keys.sorted()
            return ToolOutput("Set: \(names.joined(separator: ", ")).")
        }
        declared.problems = { arguments in
            guard arguments.members.contains(where: { $0.value != .null }) else {
                return [FieldProblem(FieldPath(), "Give at least one value to hand on.")]
            }
            let size = arguments.jsonText.utf8.count
            guard size <= Self.most else {
                return [FieldProblem(FieldPath(), "The values may have \(Self.most) bytes together, but have \(size).")]
            }
            return tasks.flatMap { problems(inTasks: arguments[$0], of: $0) }
        }
        return declared
    }
}

extension OutputDeclaration.Kind {
    fileprivate var schema: ValueSchema {
        switch self {
        case .string: .string
        case .integer: .integer
        case .number: .number
        case .boolean: .boolean
        case .list: .list(.string)
        case .tasks: .list(StepTask.schema)
        }
    }
}
