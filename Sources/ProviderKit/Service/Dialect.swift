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
public protocol ReplyDraft: ReplyParts {
    /// - Parameter request: What is being answered.
    init(to request: ModelRequest)

    /// Adds one piece of a stream, or a whole answer that was not streamed; what it knows nothing of is passed over.
    mutating func add(_ piece: JSONValue) -> [ModelPiece]

    /// Adds one piece of a stream without reading all of it, if it is one of those that come by the thousand: a few words
    /// of text and nothing else.
    ///
    /// - Returns: what ``add(_:)`` would give; `nil` for any other piece, which has not been added.
    mutating func addWords(_ piece: [UInt8]) -> ModelPiece?

    /// Whether anything came that only a model says.
    var hasBegun: Bool { get }
    /// Whether the stream has said that nothing more comes. `[DONE]` is no piece, and understood without a dialect.
    var isOver: Bool { get }
}

extension ReplyDraft {
    public mutating func addWords(_ piece: [UInt8]) -> ModelPiece? { nil }
    public var isOver: Bool { false }
}
