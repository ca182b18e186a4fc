public import PipelineKit

/// What a peer does with what the other side says of its own accord.
public struct RPCHandler: Sendable {
    /// Answers what the other side asks; many may be asked at once.
    public var request: @Sendable (RPCRequest) async throws(RPCError) -> JSONValue
    /// Takes what needs no answer, in the order it came and before any later answer is given out; it must not block.
    public var notification: @Sendable (_ method: String, _ params: JSONValue?) -> Void
    /// What to tell the other side of a call that nobody waits for any more; `nil` for nothing.
    public var abandoned: @Sendable (RPCRequest, RPCAbandonment) -> RPCMessage?
    /// Whether a message that is none is answered with an error, as a server does; else it ends everything.
    public var answersGarbage = false

    public init(
        request: @escaping @Sendable (RPCRequest) async throws(RPCError) -> JSONValue = RPCHandler.refuse,
        notification: @escaping @Sendable (_ method: String, _ params: JSONValue?) -> Void = { _, _ in },
        abandoned: @escaping @Sendable (RPCRequest, RPCAbandonment) -> RPCMessage? = { _, _ in nil }
    ) {
        self.request = request
        self.notification = notification
        self.abandoned = abandoned
    }

    /// Says that there is no such method.
    @Sendable public static func refuse(_ request: RPCRequest) async throws(RPCError) -> JSONValue {
        throw RPCError(RPCError.methodNotFound, "There is no method '\(request.method.shortened(to: 80))' here.")
    }
}

/// Why nobody waits for an answer any more.
public enum RPCAbandonment: String, Sendable, Hashable {
    case timedOut
    case cancelled
}

/// Why a call gave no result.
public enum RPCFault: Error, Sendable, Hashable {
    /// The other side said so.
    case refused(RPCError)
    /// The answer did not come in time; what was asked may have been done.
    case timedOut
    /// The task was cancelled; what was asked may have been done.
    case cancelled
    /// Nothing can be said to the other side any more, and was not.
    case gone(Failure)
    /// The other side ended, or said what makes no sense, before it answered; what was asked may have been done.
    case ended(Failure)
}
