/// One node of the graph of a pipeline: work of a model, a gate, a question to a person, or another pipeline.
public struct Step: Fields, Hashable {
    /// What a step does.
    public enum Kind: String, Sendable, Hashable {
        case model
        case gate
        case human
        case pipeline
    }

    /// What a step that fails means for the pass it is in.
    public enum OnFailure: String, Choice {
        /// The pass has failed; what needs the step is left out unless its condition says otherwise.
        case fail
        /// It is as if it had passed, but for conditions that ask.
        case ignore
    }

    @Field("What other steps call it: lower-case letters, digits, '_' and '-'.") public var id: String
    @Field("Steps that end before it begins; without 'if' all of them have to pass.") public var needs: [String] = []
    @Field("A condition, such as 'steps.lint.passed and not steps.plan.empty'; without it the step is left out.")
    public var `if`: Condition? = nil
    @Field("The model that works, when it is another one than the pipeline's.") public var model: ModelChain? = nil
    @Field("Models that do the step, each in a place of its own; the first to hold its goal wins, or the cheapest.")
    public var race: Race? = nil
    @Field("What the model is told, besides the instructions of the pipeline.") public var instructions: String = ""
    @Field("What the model may call in this step; as in the whole pipeline when left out.")
    public var tools: ToolPolicy? = nil
    @Field("What has to hold at the end of the step; without it the step ends when the model stops.")
    public var goal: Goal? = nil
    @Field("What the step may use at most.") public var limits: Limits? = nil
    @Field("Values that the model hands on, by name.") public var outputs: [String: OutputDeclaration] = [:]
    @Field("A gate that judges the files as they are.") public var gate: String? = nil
    @Field("The settings of the gate, or the inputs of the pipeline.") public var with: JSONValue? = nil
    @Field("A question to a person; the step passes with a yes.") public var human: String? = nil
    @Field("Another pipeline: a built-in one, or a file relative to this one.") public var pipeline: JSONValue? = nil
    @Field("The step is done for each element of a list, as ${item}: the list, or a reference to one.")
    public var each: JSONValue? = nil
    @Field("How often it is tried again when it fails, and how long it waits before.") public var retry: StepRetry? =
        nil
    @Field("Whether the pass fails with it.") public var onFailure: OnFailure = .fail

    public init() {}

    public var kind: Kind {
        if gate != nil { return .gate }
        if human != nil { return .human }
        return pipeline == nil ? .model : .pipeline
    }

    /// Whether what it does may change the files of the run.
    public var changesFiles: Bool { kind == .model || kind == .pipeline }

    public func check(_ reader: inout FieldReader) {
        if !Self.isName(id) {
            reader.problem(inValueOf: "id", Self.nameSentence(id))
        }
        let kinds = [("gate", gate != nil), ("human", human != nil), ("pipeline", pipeline != nil)].filter(\.1).map(\.0)
        if kinds.count > 1 {
            reader.problem(
                "A step is one thing: take out all but one of \(kinds.map { "'\($0)'" }.joined(separator: ", "))."
            )
            return
        }
        switch pipeline {
        case nil, .string, .object: break
        case let other?: reader.problem(inValueOf: "pipeline", "must be a pipeline's name or file, but is \(other).")
        }
        if race != nil {
            if goal == nil { reader.problem(inKey: "race", "A race needs a 'goal': who holds it wins.") }
            let others = [("model", model != nil), ("each", each != nil), ("retry", retry != nil)]
            for (key, isThere) in others where isThere {
                reader.problem(inKey: key, "'\(key)' has no meaning in a step with 'race'.")
            }
        }
        if goal?.holdout.isEmpty == false {
            reader.problem(inKey: "goal", "The goal of a step cannot hold out files; that of the pipeline can.")
        }
        if case .array(let elements) = each { reader.note(StepGraph.problems(inTasks: elements), below: "each") }
        for (key, isThere) in foreignKeys where isThere {
            reader.problem(inKey: key, "'\(key)' has no meaning in a step with '\(kind.rawValue)'.")
        }
        for name in outputs.keys.sorted() where !Self.isName(name) || Self.reserved.contains(name) {
            reader.problem(
                inKey: "outputs",
                "'\(name.shortened(to: 80))' cannot be the name of an output: lower-case letters, digits, '_' and "
                    + "'-', and none of \(Self.reserved.joined(separator: ", "))."
            )
        }
    }

    /// The names of what the step hands on; `nil` for that of a pipeline that has not been loaded.
    public var outputNames: [String]? {
        guard kind == .pipeline else { return outputs.keys.sorted() }
        guard case .object(let called)? = pipeline else { return nil }
        // Of several models nobody knows whose values they would be.
        let isOneModel = ["steps", "race"].allSatisfy { (called[$0] ?? .null) == .null }
        return isOneModel ? called["outputs"]?.members.keys.sorted() ?? [] : []
    }

    /// The only step of a pipeline that is a race.
    public static func racing(_ race: Race, for goal: Goal?) -> Step {
        var step = Step()
        step.id = "race"
        step.race = race
        step.goal = goal
        // The files that are held out judge the winner.
        step.goal?.holdout = []
        return step
    }

    /// The tool with which a model sets the outputs of its step.
    public static let outputTool = "set_outputs"

    /// How many elements `each` may have.
    public static let mostElements = 64

    /// What every step tells of itself, besides its outputs.
    public static let reserved = ["passed", "failed", "skipped", "status", "summary", "empty"]

    static func nameSentence(_ text: String) -> String {
        "must be 1 to 32 lower-case letters, digits, '_' and '-', the first a letter, but is "
            + "'\(text.shortened(to: 80))'."
    }

    static func isName(_ text: String) -> Bool {
        text.utf8.count <= 32 && text.first?.isLowercase == true
            && text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_" || $0 == "-") }
    }

    /// Keys that belong to other kinds of steps, and whether they are given.
    private var foreignKeys: [(String, Bool)] {
        let model = [
            ("model", model != nil), ("race", race != nil), ("instructions", !instructions.isEmpty),
            ("tools", tools != nil),
            ("goal", goal != nil),
            ("outputs", !outputs.isEmpty),
        ]
        switch kind {
        case .model: return [("with", with != nil)]
        case .gate: return model + [("limits", limits != nil)]
        case .human:
            return model + [
                ("limits", limits != nil), ("with", with != nil), ("each", each != nil), ("retry", retry != nil),
            ]
        case .pipeline: return model
        }
    }
}

/// A value that a step hands on.
public struct OutputDeclaration: Fields, Hashable {
    public enum Kind: String, Choice {
        case string
        case integer
        case number
        case boolean
        case list
        case tasks
    }

    @Field("What kind of value it is: a list has texts, tasks have an 'id', a 'task' and what they need.") public
        var type: Kind = .string
    @Field("One sentence for the model that sets it.") public var help: String = ""

    public init() {}
}

/// How a step is tried again.
public struct StepRetry: Fields, Hashable {
    @Field("How often, besides the first time.") public var times: Int = 1
    @Field("How long it waits before it is tried again.") public var wait: Duration = .zero

    public init() {}

    public func check(_ reader: inout FieldReader) {
        if !(1...20).contains(times) { reader.problem(inValueOf: "times", "must be from 1 to 20, but is \(times).") }
    }
}
