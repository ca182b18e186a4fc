import PipelineEngine
import PipelineKit

/// A call that a person is asked about, as they would rather have it.
struct EditedCall: Sendable {
    private let approval: ApprovalID
    private let run: RunID

    init(_ approval: ApprovalID, _ run: RunID) {
        self.approval = approval
        self.run = run
    }

    /// The arguments after the person has changed them.
    func arguments(by editor: TextEditor, _ services: Services) async throws(CommandError) -> JSONValue {
        let state = try await asking { () throws(ServiceError) in try await services.runs.state(of: run) }
        guard case .call(let id)? = state.approvals[approval]?.approval.subject, let call = state.calls[id] else {
            throw CommandError(ServiceError.refused(.notACall(approval)))
        }
        let written = try? JSONValue(parsing: call.proposed.call.arguments)
        let text = written.map { String(decoding: $0.encoded(.pretty), as: UTF8.self) } ?? call.proposed.call.arguments
        return try Self.arguments(try await editor.edit(text, named: "arguments.json"), "What was written")
    }

    /// - Parameter subject: Where the text is from, for messages.
    static func arguments(_ text: String, _ subject: String) throws(CommandError) -> JSONValue {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
            throw .usage("\(subject) is not JSON: \(error)")
        }
        guard case .object = value else { throw .usage("\(subject) must be a JSON object, but is \(value).") }
        return value
    }
}
