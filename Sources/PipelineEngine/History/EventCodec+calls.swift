import PipelineKit

extension Event.Payload {
    /// The bytes of ``body`` for what a run records of its calls, most of all that it records; `nil` for the rest.
    ///
    /// Written straight away, members sorted as a ``JSONValue`` sorts them: a tree in between takes as long as all else
    /// that is done for the event.
    var shortBody: [UInt8]? {
        var writer = JSONWriter(capacity: 64)
        switch self {
        case .callProposed(let call):
            writer = JSONWriter(capacity: 104 + call.call.arguments.utf8.count)
            writer.object { call.write(to: &$0) }
        case .callStarted(let id): writer.object { $0.member("call", id.value) }
        case .callFinished(let id, let output): writer.object { output.write(to: &$0, of: id) }
        case .callRefused(let id, let reason):
            writer.object {
                $0.member("call", id.value)
                $0.member("reason", reason)
            }
        default: return nil
        }
        return writer.bytes
    }
}

extension ProposedCall {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("arguments", call.arguments)
        writer.member("call", id.value)
        if awaitsHooks { writer.member("hooks", true) }
        if let policy { writer.member("policy", policy) }
        writer.member("reach") { writer in
            writer.array { writer in for name in reach.map(\.rawValue).sorted() { writer.write(name) } }
        }
        writer.member("service_id", call.id.value)
        writer.member("tool", call.tool)
    }
}

extension RecordedOutput {
    fileprivate func write(to writer: inout JSONWriter, of call: CallID) {
        writer.member("call", call.value)
        if let exitCode { writer.member("exit_code", exitCode) }
        if !images.isEmpty {
            writer.member("images") { writer in
                writer.array { writer in for image in images { image.write(to: &writer) } }
            }
        }
        if isError { writer.member("is_error", true) }
        if let snapshot { writer.member("snapshot", snapshot.value) }
        writer.member("text", text)
        if let whole { writer.member("whole", "\(whole)") }
    }
}

extension RecordedImage {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("bytes", size)
            $0.member("digest", "\(digest)")
            $0.member("media_type", mediaType.rawValue)
        }
    }
}

extension Event.Payload {
    /// Reads what ``shortBody`` wrote, of the newest version; `nil` for everything that is written otherwise.
    init?(type: String, shortBody bytes: [UInt8]) {
        guard let kind = CallEvent(rawValue: type) else { return nil }
        var body = CallBody()
        guard FlatObject.read(bytes, { body.take($0, $1) }), let call = body.call.map(CallID.init) else { return nil }
        let payload: Self? =
            switch kind {
            case .finished: body.output.map { .callFinished(call, $0) }
            case .proposed: body.proposed(call).map(Self.callProposed)
            case .started: .callStarted(call)
            }
        guard let payload else { return nil }
        self = payload
    }
}

private enum CallEvent: String {
    case finished = "tool_call.finished"
    case proposed = "tool_call.proposed"
    case started = "tool_call.started"
}

extension EventCodec {
    /// The same name; the most frequent ones as constants of the program, whose references nobody counts. Threads that
    /// count the references to one string by the thousand wait for each other: it tripled the time to read rows.
    public static func uncounted(_ type: String) -> String { CallEvent(rawValue: type)?.rawValue ?? type }
}

/// The members of what is recorded of a call, as far as they are there.
private struct CallBody {
    var call: String?
    private var text: String?
    private var exitCode: Int?
    private var isError: Bool?
    private var whole: Digest?
    private var snapshot: String?
    private var tool: String?
    private var arguments: String?
    private var service: String?
    private var policy: String?
    private var awaitsHooks: Bool?
    private var reach: [Reach]?

    /// - Returns: whether it is a member as it is written, and there for the first time.
    mutating func take(_ key: FlatObject.Key, _ value: FlatObject.Value) -> Bool {
        switch value {
        case .text(let text): take(key, text)
        case .number(let number): "exit_code" ~= key && exitCode.fill(number)
        case .flag(let flag): "hooks" ~= key ? awaitsHooks.fill(flag) : "is_error" ~= key && isError.fill(flag)
        case .texts(let texts): "reach" ~= key && take(texts.compactMap(Reach.init), of: texts.count)
        }
    }

    private mutating func take(_ key: FlatObject.Key, _ value: String) -> Bool {
        switch key {
        case "call": call.fill(value)
        case "text": text.fill(value)
        case "tool": tool.fill(value)
        case "arguments": arguments.fill(value)
        case "service_id": service.fill(value)
        case "snapshot": snapshot.fill(value)
        case "policy": policy.fill(value)
        case "whole": Digest(value).map { whole.fill($0) } ?? false
        default: false
        }
    }

    private mutating func take(_ known: [Reach], of count: Int) -> Bool { known.count == count && reach.fill(known) }

    var output: RecordedOutput? {
        text.map {
            RecordedOutput(
                text: $0,
                exitCode: exitCode,
                isError: isError ?? false,
                whole: whole,
                snapshot: snapshot.map { SnapshotID($0) }
            )
        }
    }

    func proposed(_ call: CallID) -> ProposedCall? {
        guard let tool, let arguments, let service, let reach else { return nil }
        let written = ToolCall(id: CallID(service), tool: tool, arguments: arguments)
        return ProposedCall(
            id: call,
            call: written,
            reach: Self.set(of: reach),
            policy: policy,
            awaitsHooks: awaitsHooks ?? false
        )
    }

    /// Nearly every tool has one kind of reach: one set in memory for all calls of such a kind.
    private static func set(of reach: [Reach]) -> Set<Reach> {
        guard reach.count == 1, let known = alone[reach[0]] else { return Set(reach) }
        return known
    }

    private static let alone = Dictionary(uniqueKeysWithValues: Reach.allCases.map { ($0, Set([$0])) })
}

extension Optional {
    /// - Returns: whether it was empty.
    fileprivate mutating func fill(_ value: Wrapped) -> Bool {
        guard case .none = self else { return false }
        self = value
        return true
    }
}
