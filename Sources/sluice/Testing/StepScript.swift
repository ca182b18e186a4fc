import PipelineKit

/// What the models of a step say: the same in each run that does its work, or something else in some of them.
enum StepScript: FieldValue {
    case all(TestScript)
    case runs([StepRunScript])

    private struct Syntax: Fields {
        @Field("Runs of the step, with what is said in each; of several that fit, the one that stands first.")
        var runs: [StepRunScript]
        init() {}

        func check(_ reader: inout FieldReader) {
            if runs.isEmpty { reader.problem(inValueOf: "runs", "must hold a run, but is empty.") }
            for (index, run) in runs.enumerated() {
                guard let first = runs[..<index].firstIndex(where: { $0.covers(run) }) else { continue }
                let those = "number \(index + 1) is never played: number \(first + 1) fits all its runs."
                reader.problem(inValueOf: "runs", "must hold runs that differ, but \(those)")
            }
        }
    }

    /// The name under which ``definition`` stands in the schema of a document: a run may have steps of its own.
    static let name = "step"
    static var schema: ValueSchema { .recursive(name) }
    static var definition: ValueSchema { .oneOf([TestScript.schema, Syntax.schema]) }

    var json: JSONValue {
        switch self {
        case .all(let script): script.json
        case .runs(let runs): ["runs": runs.json]
        }
    }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if json["runs"] != nil {
            guard let syntax = Syntax(json, &reader) else { return nil }
            self = .runs(syntax.runs)
        } else {
            guard let script = TestScript(json, &reader) else { return nil }
            self = .all(script)
        }
    }
}

/// What is said in some of the runs that do the work of a step.
struct StepRunScript: Fields {
    @Field("The pass in which the run works, from 1; any when left out.") var pass: Int? = nil
    @Field("The place of its element in the list of 'each', from 1; any when left out.") var element: Int? = nil
    @Field("Which try it is, from 1; any when left out.") var attempt: Int? = nil
    @Field("What its model says: a list of replies, or all that a script may hold.") var model: TestScript? = nil
    @Field("What the models of its own steps say, by the names of the steps, where it is of a pipeline that has some.")
    var steps: [String: StepScript] = [:]
    init() {}

    func check(_ reader: inout FieldReader) {
        for (key, number) in [("pass", pass), ("element", element), ("attempt", attempt)] {
            guard let number, number < 1 else { continue }
            reader.problem(inValueOf: key, "must be at least 1, but is \(number).")
        }
        if model == nil, steps.isEmpty {
            reader.problem("Missing required field 'model': What its model says: a list of replies.")
        }
    }

    /// Which runs it is for; those it leaves open are any.
    var selection: [String: JSONValue] {
        ["pass": pass, "element": element, "attempt": attempt].compactMapValues { $0.map(JSONValue.int) }
    }

    /// Whether it fits whatever the other one fits.
    fileprivate func covers(_ other: StepRunScript) -> Bool {
        selection.allSatisfy { other.selection[$0.key] == $0.value }
    }
}

/// The scripts of steps as files of their own, and where each of them is.
struct LaidScripts: Sendable {
    /// By their paths.
    private(set) var files: [String: JSONValue] = [:]
    /// By the names of the steps, as a process of a test is told them (``PlayedSteps``).
    private(set) var paths: [String: JSONValue] = [:]

    /// - Parameter base: What the paths begin with.
    init(_ steps: [String: StepScript], at base: String) {
        for (name, script) in steps { paths[name] = lay(script, at: base + name) }
    }

    private mutating func lay(_ script: StepScript, at base: String) -> JSONValue {
        switch script {
        case .all(let script): .string(file(script, at: base))
        case .runs(let runs): .array(runs.enumerated().map { lay($1, at: "\(base).\($0 + 1)") })
        }
    }

    private mutating func lay(_ run: StepRunScript, at base: String) -> JSONValue {
        var members = run.selection
        members["model"] = run.model.map { .string(file($0, at: base)) }
        guard !run.steps.isEmpty else { return .object(members) }
        let inner = LaidScripts(run.steps, at: base + ".")
        files.merge(inner.files) { $1 }
        members["steps"] = .object(inner.paths)
        return .object(members)
    }

    private mutating func file(_ script: TestScript, at base: String) -> String {
        let path = base + ".json"
        files[path] = script.json
        return path
    }
}
