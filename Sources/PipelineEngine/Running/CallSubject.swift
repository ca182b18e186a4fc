import PipelineKit

/// What a person is shown when a call asks for approval: what would run, where, under which policy.
///
/// Its digest binds the answer to it: SHA-256 over the canonical JSON (RFC 8785) of tool, arguments, directory and
/// policy.
struct CallSubject {
    private let json: JSONValue

    init(_ call: ToolCall, _ state: RunState, _ policy: ToolPolicy) {
        // Arguments that are no JSON are never carried out; their text stands for them.
        let arguments = (try? call.readArguments()) ?? .string(call.arguments)
        json = [
            "tool": .string(call.tool),
            "arguments": arguments,
            "directory": .string(state.workspace?.path ?? ""),
            "policy": policy.json,
        ]
    }

    /// The digest of what would run now, where that matters (``RunState/Call/isBound``).
    static func shown(_ call: RunState.Call, _ state: RunState) -> Digest? {
        guard call.isBound, let policy = state.pipeline?.tools else { return nil }
        return CallSubject(call.proposed.call, state, policy).digest
    }

    var digest: Digest { Digest(of: json.encoded(.canonical)) }
}

extension ToolCall {
    /// The arguments as JSON; some models write nothing where there are none.
    func readArguments() throws(JSONError) -> JSONValue {
        arguments.isEmpty || arguments == "{}" ? [:] : try JSONValue(parsing: arguments)
    }
}
