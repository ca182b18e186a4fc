// The elements of a list that a step goes through, where they are tasks that need each other.
extension StepGraph {
    /// The elements in the order of what needs what; without any `needs` none waits for another.
    ///
    /// - Parameter elements: Those that are mappings may be a ``StepTask``.
    public init(tasks elements: [JSONValue]) {
        let areOrdered = Self.areOrdered(elements)
        let steps = elements.enumerated().map { index, element in
            var step = Step()
            // A number is what no task can be called.
            step.id = "\(index + 1)"
            guard areOrdered else { return step }
            step.id = element["id"]?.text ?? step.id
            step.needs = element["needs"]?.elements.compactMap(\.text) ?? []
            return step
        }
        self.init(steps, called: "task")
    }

    /// What is wrong with tasks that need each other, each where it stands in the list.
    public static func problems(inTasks elements: [JSONValue]) -> [FieldProblem] {
        guard areOrdered(elements) else { return [] }
        let problems = elements.enumerated().flatMap { index, element in
            var reader = FieldReader()
            StepTask.check(element, &reader)
            return reader.problems.map {
                FieldProblem(FieldPath().appending(index).appending($0.path), $0.message, in: $0.place)
            }
        }
        return problems.isEmpty ? StepGraph(tasks: elements).ownProblems : problems
    }

    private static func areOrdered(_ elements: [JSONValue]) -> Bool { elements.contains { $0["needs"] != nil } }
}

/// One of several pieces of work that a model hands on for others to do.
public struct StepTask: Fields, Hashable {
    @Field("What the task is called: lower-case letters, digits, '_' and '-'.") public var id: String
    @Field("What is to be done, for somebody who knows of nothing else.") public var task: String
    @Field("The tasks that have to be done before it, by their 'id'.") public var needs: [String] = []

    public init() {}

    public func check(_ reader: inout FieldReader) { Self.checkName(id, &reader) }

    /// The same of an element that may have other members, too.
    static func check(_ element: JSONValue, _ reader: inout FieldReader) {
        switch element["id"] {
        case nil: break
        case .string(let name): checkName(name, &reader)
        case let other?: reader.problem(inValueOf: "id", "must be text, but is \(other.jsonText.shortened(to: 80)).")
        }
        guard let needs = element["needs"] else { return }
        guard case .array(let names) = needs, names.allSatisfy({ $0.text != nil }) else {
            return reader.problem(
                inValueOf: "needs",
                "must be a list of tasks by their 'id', but is \(needs.jsonText.shortened(to: 80))."
            )
        }
    }

    private static func checkName(_ name: String, _ reader: inout FieldReader) {
        guard !Step.isName(name) else { return }
        reader.problem(inValueOf: "id", Step.nameSentence(name))
    }
}
