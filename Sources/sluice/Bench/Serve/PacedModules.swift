import LoadKit
import PipelineKit

// Modules that do nothing but keep time, so that a run tells of so many events a second.

/// Says a word, so that the goal is judged and a person asked; then asks for one step after the other.
struct PacedProvider: Provider {
    static let id: ModuleID = "paced"
    static let summary = "Asks for so many steps, each at its time, once a person has answered."
    struct Settings: Fields {
        @Field("Steps over the whole run.") var steps: Int = 1
        @Field("Steps a second.") var rate: Int = 1
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    /// Steps in each reply; a pipeline may have 1000 replies.
    private var most: Int { max(10, settings.steps / 900) }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let usage = Usage(input: 10, output: 5)
        guard let last = last(in: request) else { return ModelReply(text: "Ready.", usage: usage) }
        let next = last.step + 1
        guard next <= settings.steps else { return ModelReply(text: "Done.", usage: usage) }
        let begin = last.step == 0 ? MonotonicClock.nanoseconds : last.due
        let calls = (next...min(last.step + most, settings.steps)).map { step in
            var arguments = PacedArguments()
            arguments.step = step
            arguments.due = begin + (step - last.step) * 1_000_000_000 / settings.rate
            return ToolCall(id: CallID("\(step)"), tool: PacedTool.id.value, arguments: arguments.json.jsonText)
        }
        return ModelReply(text: "", calls: calls, usage: usage)
    }

    /// The last step that was asked for, one that is none before the first; `nil` before anything was said.
    private func last(in request: ModelRequest) -> PacedArguments? {
        for message in request.messages.reversed() {
            guard case .assistant(_, let calls, _) = message else { continue }
            let json = calls.last.flatMap { try? JSONValue(parsing: $0.arguments) }
            return json.flatMap { try? PacedArguments(json: $0) } ?? PacedArguments()
        }
        return nil
    }
}

struct PacedArguments: Fields {
    @Field("From 1, over the whole run.") var step: Int = 0
    @Field("When the step is to end; nanoseconds of the monotonic clock.") var due: Int = 0
    init() {}
}

/// A step that ends at its time, or at once when that is over, and says when it ended: see ``Delays``.
struct PacedTool: Tool {
    static let id: ModuleID = "paced_step"
    static let summary = "Waits for its time."
    static let reach: Set<Reach> = [.reads]
    struct Settings: Fields {
        @Field("Bytes of each output, besides the time.") var bytes: Int = 0
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }

    func call(_ arguments: PacedArguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let rest = arguments.due - MonotonicClock.nanoseconds
        if rest > 0 {
            do { try await Task.sleep(for: .nanoseconds(rest), tolerance: .zero) } catch {
                throw Failure(.cancelled, "The step was cancelled.")
            }
        }
        return ToolOutput("@\(MonotonicClock.nanoseconds) " + String(repeating: "x", count: settings.bytes))
    }
}
