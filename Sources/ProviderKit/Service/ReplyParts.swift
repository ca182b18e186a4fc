public import PipelineKit

/// What a reply is made of, as far as it is known.
public protocol ReplyParts: Sendable {
    var text: String { get }
    /// In the order the model asked for them.
    var calls: [DraftCall] { get }
    /// `nil` when the service counted nothing.
    var usage: Usage? { get }
    /// Why the model stopped; `nil` while it goes on.
    var stop: ModelReply.Stop? { get }
    /// Why the reply is none although it has ended, in the service's words.
    var problem: String? { get }
    /// What the vendor wants to be given back with this reply.
    var keepsake: JSONValue? { get }
}

/// A call as far as a service has told it.
public struct DraftCall: Sendable, Hashable {
    /// Empty where the service names none.
    public var id: String
    public var tool: String
    /// JSON, as the model wrote it.
    public var arguments: String

    public init(id: String = "", tool: String = "", arguments: String = "") {
        self.id = id
        self.tool = tool
        self.arguments = arguments
    }
}

extension Usage {
    /// What a service counted, which may be anything: a part is no more than its whole, and nothing is less than nothing.
    public init(counted input: Int, cached: Int = 0, cacheWrites: Int = 0, output: Int, reasoning: Int = 0) {
        let (input, output) = (max(input, 0), max(output, 0))
        let cached = min(max(cached, 0), input)
        self.init(
            input: input,
            cached: cached,
            cacheWrites: min(max(cacheWrites, 0), input - cached),
            output: output,
            reasoning: min(max(reasoning, 0), output)
        )
    }
}

extension ReplyParts {
    public var problem: String? { nil }
    public var keepsake: JSONValue? { nil }

    /// The reply, when the service has said all of it.
    ///
    /// - Parameters:
    ///   - sent: Bytes of the request, for a service that counts no tokens: limits must bind all the same, and then a
    ///     token is four bytes.
    ///   - host: Whose answer it is, for a sentence.
    /// - Throws: ``Failure/Kind/unavailable`` when it is none, or a call names no tool.
    public func reply(to request: ModelRequest, of sent: Int, from host: String) throws(Failure) -> ModelReply {
        if let problem {
            let words = printable(problem, limit: 500)
            throw Failure(.unavailable, "'\(host)' could not use what the model wrote: '\(words)'.")
        }
        guard calls.allSatisfy({ !$0.tool.isEmpty }) else {
            throw Failure(.unavailable, "The answer of '\(host)' asks for a call and names no tool.")
        }
        let written = text.utf8.count + calls.reduce(0) { $0 + $1.tool.utf8.count + $1.arguments.utf8.count }
        return ModelReply(
            text: text,
            calls: named(after: request.messages),
            usage: usage ?? Usage(input: request.guessedTokens(of: sent), output: (written + 3) / 4),
            stop: stop ?? .finished,
            keepsake: keepsake
        )
    }

    /// The calls with ids that are unique in the conversation: some services send none, others count from 0 each time.
    private func named(after messages: Messages) -> [ToolCall] {
        var taken: Set<CallID> = []
        var turn = 1
        for case .assistant(_, let calls, _) in messages {
            turn += 1
            taken.formUnion(calls.map(\.id))
        }
        return calls.enumerated().map { index, call in
            let own = CallID(call.id)
            let id = call.id.isEmpty || taken.contains(own) ? CallID("call_\(turn)_\(index + 1)") : own
            taken.insert(id)
            return ToolCall(id: id, tool: call.tool, arguments: call.arguments)
        }
    }
}

extension ModelRequest {
    /// What so many bytes count as where nobody counts: a token for four of them, but for images, of which the size says
    /// nothing.
    fileprivate func guessedTokens(of sent: Int) -> Int {
        let shown = shown(imageReferences)
        let encoded = shown.reduce(0) { $0 + ($1.bytes.count + 2) / 3 * 4 }
        return (max(0, sent - encoded) + 3) / 4 + shown.count * ImageAllowance.tokensOfUnknown
    }
}
