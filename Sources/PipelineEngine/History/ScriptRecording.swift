public import PipelineKit

/// What the model of a run said, as a script that the provider `scripted` plays again, to the same end.
///
/// A fold over the history, with the members in the order of the script's description: replies with their calls (arguments
/// as the model wrote them), usage, stop and keepsake, and the failures that came before each. What a person did is not
/// in it.
public struct ScriptRecording: Sendable, Hashable {
    private struct Reply: Sendable, Hashable {
        var reply: RecordedReply
        var calls: [ToolCall] = []
        /// One for each attempt that came before.
        var failures: [Failure]
    }

    private var replies: [Reply] = []
    /// Of the turn that has no reply yet.
    private var failures: [Failure] = []
    /// What the model costs; `nil` when nobody knew.
    public var price: Price?
    /// Tokens that a request to it may have with its reply; `nil` when nobody knew.
    public var window: Int?

    public init(_ events: some Sequence<Event.Payload> = [], price: Price? = nil, window: Int? = nil) {
        self.price = price
        self.window = window
        for payload in events { add(payload) }
    }

    public mutating func add(_ payload: Event.Payload) {
        switch payload {
        case .modelFailed(_, _, let failure, _):
            // What was not tried is no attempt, and what was cut off by a cancelled run is nothing that a model says.
            if !failure.isPostponed, failure.kind != .cancelled { failures.append(failure) }
        // The script is of the model that stood in.
        case .modelFellBack: failures = []
        case .modelReplied(let reply):
            replies.append(Reply(reply: reply, failures: failures))
            failures = []
        case .callProposed(let proposed):
            if let last = replies.indices.last { replies[last].calls.append(proposed.call) }
        // Attempts are counted anew from here, and what failed would fail for ever.
        case .runReopened: failures = []
        default: break
        }
    }

    public var json: JSONValue {
        var script: [String: JSONValue] = ["replies": .array(replies.map(json) + unanswered)]
        script["price"] = price.map(json)
        script["window"] = window.map(JSONValue.int)
        return .object(script)
    }

    /// A turn that ended the run: its last failure is played for ever.
    private var unanswered: [JSONValue] {
        guard let last = failures.last else { return [] }
        return [compact(["errors": list(failures.dropLast().map(json)), "error": json(last)])]
    }

    private func json(_ reply: Reply) -> JSONValue {
        let recorded = reply.reply
        return compact([
            "errors": list(reply.failures.map(json)), "text": recorded.text.isEmpty ? nil : .string(recorded.text),
            "calls": list(reply.calls.map(json)), "usage": json(recorded.usage),
            "stop": recorded.stop == .finished ? nil : .string(recorded.stop.rawValue), "keepsake": recorded.keepsake,
        ])
    }

    /// Arguments are an object for whoever reads the script, where writing them again gives the same text.
    private func json(_ call: ToolCall) -> JSONValue {
        let read = try? JSONValue(parsing: call.arguments)
        let isSame = if let read, case .object = read { read.jsonText == call.arguments } else { false }
        let arguments = isSame ? read : .string(call.arguments)
        return compact(["tool": .string(call.tool), "arguments": arguments == [:] ? nil : arguments])
    }

    private func json(_ failure: Failure) -> JSONValue {
        compact([
            "kind": .string(failure.kind.rawValue), "message": .string(failure.message),
            "retry_after": failure.retryAfter.map { .string(Duration.seconds(min(max($0, 0), 1e9)).written) },
            "may_have_cost": failure.mayHaveCost ? true : nil, "too_long": failure.isTooLong ? true : nil,
        ])
    }

    private func json(_ usage: Usage) -> JSONValue {
        let numbers = [
            "input": usage.input, "cached": usage.cached, "cache_writes": usage.cacheWrites, "output": usage.output,
            "reasoning": usage.reasoning,
        ]
        return .object(numbers.filter { $0.value != 0 }.mapValues(JSONValue.int))
    }

    private func json(_ price: Price) -> JSONValue {
        var members = json(price.rates)
        members["long"] = price.long.map { .object(json($0.rates).merging(["above": .int($0.above)]) { $1 }) }
        return .object(members)
    }

    private func json(_ rates: Price.Rates) -> [String: JSONValue] {
        [
            "input": rates.input.json, "cached": rates.cached.json, "cache_write": rates.cacheWrite.json,
            "output": rates.output.json,
        ]
    }

    private func list(_ elements: [JSONValue]) -> JSONValue? { elements.isEmpty ? nil : .array(elements) }

    private func compact(_ members: [String: JSONValue?]) -> JSONValue { .object(members.compactMapValues(\.self)) }
}
