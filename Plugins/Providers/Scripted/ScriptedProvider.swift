import FoundationEssentials
public import PipelineKit

/// Plays replies from a file, so that a pipeline runs without a network and twice the same.
///
/// The model's name is the file's path (`scripted/replies.json`), absolute or from the directory of the process. The
/// file is read when it is first asked for, and again when it has changed. Which reply it gives depends on the request
/// alone, namely on how many replies stand in its conversation already, so a run that is taken up again goes on where it
/// was. See ``Script`` for the file.
public struct ScriptedProvider: Provider {
    public static let id: ModuleID = "scripted"
    public static let summary = "Plays the replies that a JSON file holds; the model's name is the file's path."
    public static let example = "replies.json"

    private let shelf = ScriptShelf()

    public init(settings: NoFields) throws(Failure) {}

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = try shelf.script(model) }

    /// What the file says; `nil` when it says nothing or cannot be read, which ``check(_:secrets:)`` tells.
    public func price(of model: String) -> Price? { (try? shelf.script(model))?.price?.value }

    public func window(of model: String) -> Int? { (try? shelf.script(model))?.window }

    /// - Throws: ``Failure/Kind/missing`` without the file; ``Failure/Kind/invalidInput`` for mistakes in it, for a
    ///   request that is not as it expects, and when all replies are played; and what the script says is to fail.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let script = try shelf.script(request.model)
        let said = request.messages.count { if case .assistant = $0 { true } else { false } }
        let played = context.turn.map { max(0, $0 - 1) } ?? said  // a summary stands for what was said before it
        guard played < script.replies.count else {
            let count = script.replies.count == 1 ? "1 reply" : "\(script.replies.count) replies"
            throw Failure(
                .invalidInput,
                "The script '\(request.model)' has \(count), but the model is asked for a \(ordinal(played + 1))."
            )
        }
        let scripted = script.replies[played]
        try scripted.check(request, as: "Reply \(played + 1) of '\(request.model)'")
        if let failure = scripted.failure(attempt: context.attempt) { throw failure }
        let reply = scripted.reply(number: played + 1)
        if !reply.text.isEmpty { context.emit(.text(reply.text)) }
        for call in reply.calls { context.emit(.call(tool: call.tool)) }
        return reply
    }
}

extension ScriptedReply {
    fileprivate func check(_ request: ModelRequest, as name: String) throws(Failure) {
        guard let expect, let last = request.messages.last?.text, !last.contains(expect) else { return }
        throw Failure(.invalidInput, "\(name) expects '\(expect)' in the last message, which is: '\(last)'.")
    }

    fileprivate func failure(attempt: Int) -> Failure? {
        let planned = attempt <= errors.count ? errors[max(attempt, 1) - 1] : error
        return planned.map {
            Failure(
                $0.kind,
                $0.message,
                retryAfter: $0.retryAfter?.seconds,
                mayHaveCost: $0.mayHaveCost,
                isTooLong: $0.tooLong
            )
        }
    }

    fileprivate func reply(number: Int) -> ModelReply {
        let calls = calls.enumerated().map { index, call in
            ToolCall(id: CallID("call_\(number)_\(index + 1)"), tool: call.tool, arguments: call.arguments.asWritten)
        }
        let usage = Usage(
            input: usage.input,
            cached: usage.cached,
            cacheWrites: usage.cacheWrites,
            output: usage.output,
            reasoning: usage.reasoning
        )
        return ModelReply(text: text, calls: calls, usage: usage, stop: stop, keepsake: keepsake)
    }
}

extension JSONValue {
    /// A text as it stands, so that a script can play arguments that are no JSON; anything else as JSON.
    fileprivate var asWritten: String { text ?? jsonText }
}

extension Message {
    fileprivate var text: String {
        switch self {
        case .user(let text), .assistant(let text, _, _), .tool(_, _, let text, _, _): text
        }
    }
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`.
private func ordinal(_ number: Int) -> String {
    switch (number % 10, number % 100) {
    case (_, 11...13): "\(number)th"
    case (1, _): "\(number)st"
    case (2, _): "\(number)nd"
    case (3, _): "\(number)rd"
    default: "\(number)th"
    }
}
