import PipelineKit

/// `{"goal":"pytest","cwd":"/path","model_name":"claude-sonnet-4-6","max_iterations":20,"hitl_enabled":false}`
struct StartBody: Fields {
    @Field("A pipeline, a gate, a file with a pipeline, or the text of one.") var goal: String
    @Field("The directory to work on.") var cwd: String = "."
    @Field("The model that works.") var modelName: String? = nil
    @Field("How often the model may try.") var maxIterations: Int? = nil
    @Field("Whether a person is asked after each check that did not hold.") var hitlEnabled: Bool = false
    @Field("Values for the inputs of the pipeline.") var inputs: [String: JSONValue] = [:]
    @Field("Money at most, in US dollars.") var maxCostUsd: Double? = nil
    init() {}

    func check(_ reader: inout FieldReader) {
        ConfigBody.check(maxIterations, &reader)
        if let cost = maxCostUsd, !(0...1_000_000).contains(cost) {
            reader.problem(inValueOf: "max_cost_usd", "must be from 0 to 1000000, but is \(cost).")
        }
    }
}

/// `{"decision":"approve","message":"Look at the fixtures."}`
struct ResumeBody: Fields {
    enum Decision: String, Choice {
        case approve
        case abort
    }

    @Field("What to do.") var decision: Decision
    @Field("What the model is to know, or why the run ends.") var message: String = ""
    @Field("Which question is answered; the oldest when left out.") var approval: String? = nil
    init() {}
}

/// `{"max_iterations":30,"model_name":"gpt-5.2","hitl_enabled":true}`
struct ConfigBody: Fields {
    @Field("How often the model may try.") var maxIterations: Int? = nil
    @Field("The model from its next turn on.") var modelName: String? = nil
    @Field("Whether a person is asked after each check that did not hold.") var hitlEnabled: Bool? = nil
    init() {}

    func check(_ reader: inout FieldReader) { Self.check(maxIterations, &reader) }

    static func check(_ iterations: Int?, _ reader: inout FieldReader) {
        guard let iterations, !(1...10_000).contains(iterations) else { return }
        reader.problem(inValueOf: "max_iterations", "must be from 1 to 10000, but is \(iterations).")
    }
}
