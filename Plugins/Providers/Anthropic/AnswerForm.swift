import PipelineKit
import ProviderKit

/// How a model of Anthropic is told of the form that its answer is to have.
///
/// Models from 4.5 on are held to a schema (<https://platform.claude.com/docs/en/build-with-claude/structured-outputs>). One
/// that is not, and a schema that cannot be closed, is asked for the call of a tool instead, whose arguments are the answer.
enum AnswerForm: Sendable, Hashable {
    case words
    case schema(JSONValue)
    case call(ToolSpecification)

    init(of request: ModelRequest) {
        guard let form = request.form else {
            self = .words
            return
        }
        let closed = FormSchema(form.schema).closed(requiringAll: false)
        if let closed, ClaudeModel(request.model).takesForm {
            self = .schema(closed)
        } else {
            let summary = "Takes your answer. Nothing else that you say is read."
            self = .call(
                ToolSpecification(name: Self.name(for: form, in: request), summary: summary, arguments: form.schema)
            )
        }
    }

    /// The tool that is no tool of the request's.
    var tool: ToolSpecification? {
        if case .call(let tool) = self { tool } else { nil }
    }

    private static func name(for form: ReplyForm, in request: ModelRequest) -> String {
        let taken = Set(request.tools.map(\.name))
        return [form.name, "answer_\(form.name.prefix(50))"].first { !taken.contains($0) } ?? "answer_in_form"
    }
}
