import PipelineEngine
import PipelineKit
import ScriptedProvider

/// A `.test.yaml`: how a pipeline behaves with a scripted model.
struct TestFile: Fields {
    /// How the name of one ends.
    static let ending = ".test.yaml"

    @Field("The pipeline, relative to this file; the one of the same name beside it when left out.")
    var pipeline: String? = nil
    @Field("The tests, each a run of its own.") var tests: [PipelineTest]
    init() {}

    func check(_ reader: inout FieldReader) {
        if tests.isEmpty { reader.problem(inValueOf: "tests", "must hold a test, but is empty.") }
        let names = Dictionary(grouping: tests, by: \.name).filter { $0.value.count > 1 }.keys.sorted()
        for name in names { reader.problem(inValueOf: "tests", "must have names of their own, but two are '\(name)'.") }
    }
}

struct PipelineTest: Fields {
    @Field("What holds, in a few words.") var name: String
    @Field("The inputs of the pipeline.") var inputs: [String: JSONValue] = [:]
    @Field("Environment variables of the run, for what the pipeline lists under 'env'.")
    var env: [String: String] = [:]
    @Field("A directory with the files to begin with, relative to this file; it is copied.")
    var workspace: String? = nil
    @Field("Texts of files to begin with, by path; they come on top of 'workspace'.") var files: [String: String] = [:]
    @Field("Whether the files are committed to a git repository first.") var git: Bool = false
    @Field("What commands reach: nothing, or with 'allow' what the pipeline gives them.")
    var network: TestNetwork = .deny
    @Field("What the model says: a list of replies, or all that a script may hold.") var model: TestScript? = nil
    @Field("What the models of steps say, by the names of the steps; the other steps have what stands under 'model'.")
    var steps: [String: StepScript] = [:]
    @Field("What the person answers, in the order of the questions.") var answers: [TestAnswer] = []
    @Field("The event at which the process is killed and another goes on; 'each' tries every event of the run.")
    var kill: TestKill? = nil
    @Field("How long the test may take, each time that it is played.") var timeout: Duration = .seconds(120)
    @Field("How the run is to go.") var expect: TestExpectation
    init() {}

    func check(_ reader: inout FieldReader) {
        if model == nil, steps.isEmpty {
            reader.problem("Missing required field 'model': What the model says: a list of replies.")
        }
        if name.trimmed.isEmpty || name.contains(where: \.isNewline) {
            reader.problem(inValueOf: "name", "must be a line with words in it.")
        }
        for path in files.keys.sorted() where !path.isPlaceInWorkspace {
            reader.problem(inValueOf: "files", "must have paths inside the workspace, but has '\(path)'.")
        }
        if timeout <= .zero || timeout > .seconds(3_600) {
            reader.problem(inValueOf: "timeout", "must be more than nothing and at most 1h, but is \(timeout.written).")
        }
        for name in env.keys.sorted() where name.hasPrefix("SLUICE_") {
            reader.problem(inValueOf: "env", "sets '\(name)', but the variables of Sluice are set by the test itself.")
        }
    }
}

/// What the provider `scripted` takes.
struct TestScript: FieldValue {
    let json: JSONValue

    static var schema: ValueSchema { ScriptedProvider.script }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        let before = reader.problems.count
        ScriptedProvider.check(json, &reader)
        guard reader.problems.count == before else { return nil }
        self.json = json
    }
}

/// What the commands of a test reach.
enum TestNetwork: String, Choice {
    case deny
    /// What the pipeline says.
    case allow
}

/// When the process is killed.
enum TestKill: FieldValue {
    case at(Int)
    case each

    static var schema: ValueSchema { .oneOf([.integer, .choice(["each"])]) }

    /// The one event, if it is one.
    var number: Int? { if case .at(let number) = self { number } else { nil } }

    var json: JSONValue {
        switch self {
        case .at(let number): .int(number)
        case .each: "each"
        }
    }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case "each": self = .each
        case .int(let number) where number > 0: self = .at(number)
        default:
            reader.expected("the number of an event, or 'each'", of: json)
            return nil
        }
    }
}

extension String {
    /// Whether it is a relative path that stays where it begins.
    var isPlaceInWorkspace: Bool {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        return !isEmpty && !parts.contains { ["", ".", ".."].contains($0) } && !utf8.contains(0)
    }
}
