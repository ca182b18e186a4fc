import PipelineKit

// Modules that do nothing, so that what is measured is the engine and the store.

/// Asks for one call after the other, so many in each reply, then stops.
struct StepProvider: Provider {
    static let id: ModuleID = "steps"
    static let summary = "Asks for so many calls of one tool."
    struct Settings: Fields {
        @Field("Calls over the whole run.") var steps: Int = 1
        @Field("Calls in each reply.") var calls: Int = 100
        @Field("The tool that is called.") var tool: String = "step"
        @Field("Whether each call is told which step it is; one that does nothing need not be.") var isNumbered: Bool =
            false
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let next = last(in: request) + 1
        let usage = Usage(input: 10, output: 5)
        guard next <= settings.steps else { return ModelReply(text: "Done.", usage: usage) }
        let calls = (next...min(next + settings.calls - 1, settings.steps)).map { step in
            let arguments = settings.isNumbered ? #"{"step":\#(step)}"# : "{}"
            return ToolCall(id: CallID("\(step)"), tool: settings.tool, arguments: arguments)
        }
        return ModelReply(text: "", calls: calls, usage: usage)
    }

    /// The last step that was asked for; 0 for none.
    private func last(in request: ModelRequest) -> Int {
        for message in request.messages.reversed() {
            if case .assistant(_, let calls, _) = message, let call = calls.last { return Int(call.id.value) ?? 0 }
        }
        return 0
    }
}

struct StepArguments: Fields {
    @Field("From 1, over the whole run; 0 for one that is not told.") var step: Int = 0
    init() {}
}

struct StepSettings: Fields {
    @Field("Bytes of each output.") var bytes: Int = 0
    init() {}
}

/// A step that may be carried out twice.
struct StepTool: Tool {
    static let id: ModuleID = "step"
    static let summary = "Does nothing."
    static let reach: Set<Reach> = [.reads]
    let settings: StepSettings
    init(settings: StepSettings) throws(Failure) { self.settings = settings }

    func call(_ arguments: StepArguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        try await EngineStage.current?.enter(arguments.step, in: context.workspace)
        return ToolOutput(String(repeating: "x", count: settings.bytes))
    }
}

/// A step that is carried out once, or not at all.
struct SingleStepTool: Tool {
    static let id: ModuleID = "single_step"
    static let summary = "Does nothing, and only once."
    static let reach: Set<Reach> = [.writes]
    let settings: StepSettings
    init(settings: StepSettings) throws(Failure) { self.settings = settings }

    func call(_ arguments: StepArguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        try await StepTool(settings: settings).call(arguments, in: context)
    }
}
