import ContractKit
import PipelineEngine
import PipelineKit

/// What a run is started with.
struct OrderBody: Fields {
    @Field("A built-in pipeline, a gate, or a file in the directories of the server.") var pipeline: String? = nil
    @Field("The text of a pipeline, in place of a name.") var yaml: String? = nil
    @Field("Values for the inputs of the pipeline.") var inputs: [String: JSONValue] = [:]
    @Field("What the model is told besides the goal, after what the pipeline tells it.")
    var instructions: String? = nil
    @Field("The directory to work on, in the directories of the server.") var cwd: String = "."
    @Field("The model that works; of a list, each stands in for those before it.") var model: ModelChain? = nil
    @Field("Limits other than those of the pipeline.") var limits: LimitsBody? = nil
    @Field("When a person is asked.") var humanGate: HumanPolicy.Moment? = nil
    @Field("Where the model works.") var isolation: WorkspacePolicy.Isolation? = nil
    @Field("A name for the run; else one is made up.") var id: String? = nil
    init() {}

    var asked: PipelineRequest { yaml.map { .text($0) } ?? .named(pipeline ?? "") }

    func check(_ reader: inout FieldReader) {
        if (pipeline == nil) == (yaml == nil) {
            reader.problem("Give 'pipeline', the name of one, or 'yaml', the text of one.")
        }
        if let id, !RunID.isName(id) {
            reader.problem(
                inValueOf: "id",
                "must be up to 64 lower-case letters, digits and dashes, but is \(JSONValue.string(id))."
            )
        }
    }
}

/// Limits to set; those left out stay.
struct LimitsBody: Fields {
    @Field("How often the model may try.") var iterations: Int? = nil
    @Field("How many replies the model may give within one iteration.") var turns: Int? = nil
    @Field("Money, in US dollars.") var cost: Money? = nil
    @Field("Tokens, read and written together.") var tokens: TokenCount? = nil
    @Field("Time since the run started, waiting for a person not counted.") var wall: Duration? = nil
    @Field("Tokens of one reply.") var reply: TokenCount? = nil
    @Field("Tokens of one request, after which the conversation is summarised.") var context: TokenCount? = nil
    @Field("Ask a model whose price nobody knows although there is a limit of cost.")
    var allowUnknownPrice: Bool? = nil
    init() {}

    func applied(to limits: Limits) -> Limits {
        var limits = limits
        limits.iterations = iterations ?? limits.iterations
        limits.turns = turns ?? limits.turns
        limits.cost = cost ?? limits.cost
        limits.tokens = tokens ?? limits.tokens
        limits.wall = wall ?? limits.wall
        limits.reply = reply ?? limits.reply
        limits.context = context ?? limits.context
        limits.allowUnknownPrice = allowUnknownPrice ?? limits.allowUnknownPrice
        return limits
    }
}

/// What to change in a run.
struct ChangeBody: Fields {
    @Field("Limits from now on; those left out stay.") var limits: LimitsBody? = nil
    @Field("The model from its next turn on.") var model: ModelName? = nil
    @Field("When a person is asked from now on.") var humanGate: HumanPolicy.Moment? = nil
    init() {}

    func check(_ reader: inout FieldReader) {
        if limits == nil, model == nil, humanGate == nil {
            reader.problem("Give something to change: 'limits', 'model' or 'human_gate'.")
        }
    }
}

struct CancelBody: Fields {
    @Field("Why the run ends; told with its end.") var reason: String = ""
    init() {}
}

struct ResumeBody: Fields {
    @Field("Limits from now on; those left out stay.") var limits: LimitsBody? = nil
    init() {}
}

struct MessageBody: Fields {
    @Field("What the model is to know.") var text: String
    init() {}
}

struct RollbackBody: Fields {
    @Field("The iteration to whose end the files are set back; 0 is the start.") var to: Int
    init() {}
}

struct AnswerBody: Fields {
    enum Decision: String, Choice {
        case approve
        case reject
    }

    @Field("Whether it may happen.") var decision: Decision
    @Field("What the model is to know.") var message: String = ""
    @Field("The digest of what was shown; the answer then holds for nothing else.") var shown: String? = nil
    @Field(
        "Whether exactly this call is allowed for the rest of the run; other questions about such calls are answered too."
    )
    var forRun: Bool = false
    @Field("A pattern of what is allowed for the rest of the run: of commands, or of the tool's first text argument.")
    var like: String? = nil
    @Field("What the call is to be made with instead; the model is told.") var arguments: JSONValue? = nil
    @Field("What a call asks for: an object that fits the question's form, or a text where one thing is asked for.")
    var answer: JSONValue? = nil
    init() {}

    /// What is allowed besides the call itself.
    var grant: GrantRequest? { like.map(GrantRequest.like) ?? (forRun ? .same : nil) }

    func check(_ reader: inout FieldReader) {
        if let shown, Digest(shown) == nil {
            reader.problem(
                inValueOf: "shown",
                "must be a digest, 64 hexadecimal digits, but is \(JSONValue.string(shown))."
            )
        }
        if let arguments, arguments.members.isEmpty, arguments != [:] {
            reader.problem(inValueOf: "arguments", "must be an object, but is \(arguments).")
        }
        if decision == .reject, grant != nil || arguments != nil {
            reader.problem(
                inValueOf: "decision",
                "must be approve where 'for_run', 'like' or 'arguments' is given, but is reject."
            )
        }
    }
}

struct LintBody: Fields {
    @Field("The text of a pipeline.") var yaml: String
    init() {}
}
