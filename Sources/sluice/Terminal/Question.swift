import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// Asks the person at the terminal for an answer.
struct Question {
    private let approval: ApprovalID
    private let person: String
    private let isOver: () -> Bool

    /// - Parameter isOver: Whether nobody wants an answer any more.
    init(_ approval: ApprovalID, by person: String, until isOver: @escaping () -> Bool) {
        self.approval = approval
        self.person = person
        self.isOver = isOver
    }

    /// - Returns: `nil` when they would rather answer later, or nobody wants an answer any more.
    func ask() -> Resolution? {
        Output.line("\(approval): \(Style.bold("[y]es  [n]o  [m]essage  [l]ater"))")
        while let line = line(after: "> ")?.trimmed {
            switch line.lowercased() {
            case "y", "yes": return Resolution(.approved, by: person)
            case "n", "no": return Resolution(.rejected, by: person)
            case "l", "later": return nil
            case "m", "message":
                guard let message = self.line(after: "No, and tell the model: ") else { return nil }
                if !message.isEmpty { return Resolution(.rejected, by: person, message: message) }
            default: Output.line("Answer y, n, m or l.")
            }
        }
        return nil
    }

    /// The line that is typed; `nil` at the end of the input, or when the question is over before.
    private func line(after prompt: String) -> String? {
        Output.raw(Array(prompt.utf8))
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while poll(&input, 1, 100) <= 0 {
            if isOver() { return nil }
        }
        return readLine()
    }
}
