import HTTPKit
import PipelineKit

/// One tool that clients may call.
struct ServedTool: Sendable {
    /// What a client may tell its person of the tool beforehand.
    enum Effect: Sendable {
        case reads
        case changes
        /// It cannot be taken back.
        case ends
    }

    let name: String
    private let summary: String
    private let schema: JSONValue
    let effect: Effect
    private let act: @Sendable (JSONValue, ToolCaller) async throws(HTTPError) -> ToolAnswer

    init<Arguments: Fields>(
        _ name: String,
        _ summary: String,
        _ effect: Effect = .reads,
        _ act: @escaping @Sendable (Arguments, ToolCaller) async throws(HTTPError) -> ToolAnswer
    ) {
        (self.name, self.summary, self.effect) = (name, summary, effect)
        schema = Arguments.schema.jsonSchema
        self.act = { json, caller throws(HTTPError) in
            let arguments: Arguments
            do throws(FieldProblems) { arguments = try Arguments(json: json) } catch {
                let sentences = error.all.map(\.message).joined(separator: " ")
                throw HTTPError(.unprocessable, "'\(name)' was not called: \(sentences)")
            }
            return try await act(arguments, caller)
        }
    }

    func call(_ arguments: JSONValue, by caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        try await act(arguments, caller)
    }

    /// `Tool` of 2025-11-25 and 2026-07-28. Everything that is touched is a run of this machine: no open world.
    var json: JSONValue {
        [
            "name": .string(name), "description": .string(summary), "inputSchema": schema,
            "annotations": [
                "readOnlyHint": .bool(effect == .reads), "destructiveHint": .bool(effect == .ends),
                "openWorldHint": false,
            ],
        ]
    }
}

/// What a tool has to say.
enum ToolAnswer: Sendable {
    case document(JSONValue)
    /// A piece of a longer text, and a line about which piece it is.
    case text(String, note: String)
    /// Nothing before the client's person has answered; asked for once more with what they said.
    case question(PersonQuestion)
}

/// Who calls a tool, and what they can be told and asked meanwhile.
struct ToolCaller: Sendable {
    /// What the client calls itself.
    var name: String
    /// Tells how far the call is; `nil` when the client does not want to know.
    var progress: (@Sendable (_ done: Int, _ message: String) -> Void)?
    /// How its person can be asked.
    var asking: Asking

    enum Asking: Sendable {
        case impossible
        /// The client is asked while the call lasts.
        case during(@Sendable (JSONValue) async throws(HTTPError) -> JSONValue)
        /// The call ends with the question, and is made again with the answer, if it was.
        case between(PersonAnswer?)
    }
}
