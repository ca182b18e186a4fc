import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting

/// Plays what the model's name says.
///
/// `fix` writes the right file in its second iteration, `talk` only talks, `hang` gives no reply until it is cancelled,
/// `work` looks, writes and is done, `chat` says its text piece by piece, `deaf` writes only after a person has said something, `down` cannot be asked.
struct NotesProvider: Provider {
    static let id: ModuleID = "notes"
    static let summary = "Plays a part."
    init(settings: NoFields) throws(Failure) {}

    func price(of model: String) -> Price? {
        model == "unpriced" ? nil : Price(input: .usd(1), output: .usd(2))
    }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        switch request.model {
        case "hang":
            context.emit(.text("Wait"))
            for await _ in AsyncStream<Never>.makeStream().stream {}
            throw Failure(.cancelled, "Cancelled.")
        case "down": throw Failure(.invalidInput, "The service refused the key.")
        case "chat":
            context.emit(.text("Well"))
            return reply(request)
        default: return reply(request)
        }
    }

    private func reply(_ request: ModelRequest) -> ModelReply {
        let usage = Usage(input: 1200, output: 80)
        let turn = request.messages.count { if case .assistant = $0 { true } else { false } }
        let wasTold = request.messages.contains {
            if case .user(let text) = $0 { text.contains(" says: ") } else { false }
        }
        let hasCalled = request.messages.contains { if case .tool = $0 { true } else { false } }
        if request.model == "work" { return working(turn, usage) }
        let writes = request.model == "deaf" ? wasTold && !hasCalled : request.model == "fix" && turn == 2
        if request.model == "asks" {
            let questions = [
                #"{"question":"Tabs or spaces?","choices":["tabs","spaces"]}"#, #"{"question":"How many?"}"#,
            ]
            let calls = turn < 2 ? [call(turn, "ask_human", questions[turn])] : []
            return ModelReply(text: "Turn \(turn + 1).", calls: calls, usage: usage)
        }
        if request.model == "fix", turn == 0 {
            return ModelReply(text: "I look first.", calls: [call(turn, "look", "{}")], usage: usage)
        }
        guard writes else { return ModelReply(text: "Turn \(turn + 1).", usage: usage) }
        return ModelReply(text: "", calls: [call(turn, "write", #"{"file":"out","text":"done"}"#)], usage: usage)
    }

    private func working(_ turn: Int, _ usage: Usage) -> ModelReply {
        let calls = [call(0, "look", "{}"), call(1, "write", #"{"file":"out","text":"done"}"#)]
        guard turn < calls.count else { return ModelReply(text: "It is done.", usage: usage) }
        return ModelReply(text: turn == 0 ? "I look first." : "", calls: [calls[turn]], usage: usage)
    }

    private func call(_ turn: Int, _ tool: String, _ arguments: String) -> ToolCall {
        ToolCall(id: CallID("s\(turn)"), tool: tool, arguments: arguments)
    }
}

struct LookTool: Tool {
    static let id: ModuleID = "look"
    static let summary = "Looks."
    static let reach: Set<Reach> = [.reads]
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        ToolOutput(try await context.check().reason, exitCode: 0)
    }
}
