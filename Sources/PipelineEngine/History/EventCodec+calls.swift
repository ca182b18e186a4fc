import PipelineKit

extension Event.Payload {
    /// The bytes of ``body`` for what a run records of its calls, most of all that it records; `nil` for the rest.
    ///
    /// Written straight away, members sorted as a ``JSONValue`` sorts them: a tree in between takes as long as all else
    /// that is done for the event.
    var shortBody: [UInt8]? {
        var writer = JSONWriter(capacity: 128)
        switch self {
        case .callProposed(let call): writer.object { call.write(to: &$0) }
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
        if isError { writer.member("is_error", true) }
        writer.member("text", text)
        if let whole { writer.member("whole", "\(whole)") }
    }
}
