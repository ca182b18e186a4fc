import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// Asks the person at the terminal for an answer.
struct Question: Sendable {
    /// What they say, and what they would rather have or allow besides.
    struct Answer: Sendable {
        var resolution: Resolution
        var arguments: JSONValue? = nil
        var grant: GrantRequest? = nil
    }

    private let approval: Approval
    private let person: String
    private let edit: @Sendable () async throws(CommandError) -> JSONValue

    /// - Parameter edit: Has the person write other arguments for the call.
    init(
        _ approval: Approval,
        by person: String,
        edit: @escaping @Sendable () async throws(CommandError) -> JSONValue
    ) {
        self.approval = approval
        self.person = person
        self.edit = edit
    }

    private var isAboutCall: Bool { if case .call = approval.subject { true } else { false } }

    /// - Returns: `nil` when they would rather answer later, or the task is cancelled.
    func ask() async -> Answer? {
        if let form = approval.input?.form, !form.fields.isEmpty { return await filled(form) }
        let more = isAboutCall ? "[a]lways in this run  [e]dit  " : ""
        Output.line("\(approval.id): \(Style.bold("[y]es  \(more)[n]o  [m]essage  [l]ater"))")
        while let line = await line(after: "> ")?.trimmed {
            switch line.lowercased() {
            case "y", "yes": return answer(.approved)
            case "n", "no": return answer(.rejected)
            case "l", "later": return nil
            case "m", "message":
                guard let message = await self.line(after: "No, and tell the model: ") else { return nil }
                if !message.isEmpty { return answer(.rejected, message) }
            case "a",
                "always" where isAboutCall:
                return await always()
            case "e",
                "edit" where isAboutCall:
                if let changed = await edited() { return changed }
            default: Output.line(isAboutCall ? "Answer y, a, e, n, m or l." : "Answer y, n, m or l.")
            }
        }
        return nil
    }

    private func answer(_ decision: Resolution.Decision, _ message: String = "") -> Answer {
        Answer(resolution: Resolution(decision, by: person, message: message))
    }

    private func filled(_ form: InputForm) async -> Answer? {
        switch await FormFilling(form, of: approval.id, line: line).fill() {
        case .filled(let content):
            var answer = answer(.approved)
            answer.resolution.answer = content
            return answer
        case .declined: return answer(.rejected)
        case .later: return nil
        }
    }

    private func always() async -> Answer? {
        let prompt = "Enter for exactly this call, or a pattern such as 'git status *': "
        guard let pattern = await line(after: prompt)?.trimmed else { return nil }
        var answer = answer(.approved)
        answer.grant = pattern.isEmpty ? .same : .like(pattern)
        return answer
    }

    /// - Returns: `nil` when there is nothing to answer with; it has been said why.
    private func edited() async -> Answer? {
        do throws(CommandError) {
            var answer = answer(.approved)
            answer.arguments = try await edit()
            return answer
        } catch {
            Output.line("\(error.message)")
            return nil
        }
    }

    @Sendable private func line(after prompt: String) async -> String? {
        Output.raw(Array(prompt.utf8))
        return await Keyboard.line()
    }
}
