public import PipelineKit

/// How the services of one vendor are spoken to: what a request is, and what the pieces of an answer mean.
///
/// Everything else (the connection, keys, streams that are cut, refusals, usage that nobody counted) is the same for all
/// and is done by ``ModelService``.
public protocol Dialect: Sendable {
    associatedtype Draft: ReplyDraft

    /// What is added to the base URL, `/chat/completions`.
    func path(for request: ModelRequest) -> String
    /// The headers that carry the key, and those that the dialect asks for with every request.
    func headers(with key: ServiceKey?) -> [TransportRequest.Header]
    /// The request, to be streamed.
    func body(for request: ModelRequest) -> JSONValue
}

/// A reply as far as its pieces have come.
public protocol ReplyDraft: Sendable {
    init()

    /// Adds one piece of a stream, or a whole answer that was not streamed; what it knows nothing of is passed over.
    mutating func add(_ piece: JSONValue) -> [ModelPiece]

    /// Adds one piece of a stream without reading all of it, if it is one of those that come by the thousand: a few words
    /// of text and nothing else.
    ///
    /// - Returns: what ``add(_:)`` would give; `nil` for any other piece, which has not been added.
    mutating func addWords(_ piece: [UInt8]) -> ModelPiece?

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
    /// Whether anything came that only a model says.
    var hasBegun: Bool { get }
    /// Whether the stream has said that nothing more comes. `[DONE]` is no piece, and understood without a dialect.
    var isOver: Bool { get }
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

extension ReplyDraft {
    public mutating func addWords(_ piece: [UInt8]) -> ModelPiece? { nil }
    public var problem: String? { nil }
    public var keepsake: JSONValue? { nil }
    public var isOver: Bool { false }

    /// The reply, when the service has said all of it.
    ///
    /// - Parameter sent: Bytes of the request, for a service that counts no tokens: limits must bind all the same, and
    ///   then a token is four bytes.
    /// - Throws: ``Failure/Kind/unavailable`` when it is none, or a call names no tool.
    func reply(to request: ModelRequest, of sent: Int, from host: String) throws(Failure) -> ModelReply {
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
            usage: usage ?? Usage(input: (sent + 3) / 4, output: (written + 3) / 4),
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
