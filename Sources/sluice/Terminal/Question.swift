import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// Asks the person at the terminal for an answer.
struct Question: Sendable {
    private let approval: ApprovalID
    private let person: String

    init(_ approval: ApprovalID, by person: String) {
        self.approval = approval
        self.person = person
    }

    /// - Returns: `nil` when they would rather answer later, or the task is cancelled.
    func ask() async -> Resolution? {
        Output.line("\(approval): \(Style.bold("[y]es  [n]o  [m]essage  [l]ater"))")
        while let line = await line(after: "> ")?.trimmed {
            switch line.lowercased() {
            case "y", "yes": return Resolution(.approved, by: person)
            case "n", "no": return Resolution(.rejected, by: person)
            case "l", "later": return nil
            case "m", "message":
                guard let message = await self.line(after: "No, and tell the model: ") else { return nil }
                if !message.isEmpty { return Resolution(.rejected, by: person, message: message) }
            default: Output.line("Answer y, n, m or l.")
            }
        }
        return nil
    }

    private func line(after prompt: String) async -> String? {
        Output.raw(Array(prompt.utf8))
        return await Keyboard.line()
    }
}
