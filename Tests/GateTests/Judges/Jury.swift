import PipelineKit
import PipelineTesting
import Synchronization

/// Models that answer what a test says, one after the other, and what they were asked.
final class Jury: Sendable {
    private let answers: [String]
    private let asked = Mutex<[JudgeQuestion]>([])

    init(_ answers: [String]) { self.answers = answers }

    /// Votes of these scores.
    convenience init(scores: [Double]) {
        self.init(scores.map { #"{"reason": "It is \#($0).", "score": \#($0)}"# })
    }

    var questions: [JudgeQuestion] { asked.withLock(\.self) }

    /// Begins anew when all answers were given.
    var asker: JudgeAsker {
        { question throws(Failure) in
            let number = self.asked.withLock { asked in
                asked.append(question)
                return asked.count - 1
            }
            let text = self.answers[number % self.answers.count]
            return JudgeAnswer(model: ModelName("other/judge") ?? question.model!, reply: ModelReply(text: text))
        }
    }

    /// Judges files.
    ///
    /// - Parameter before: What stood there at the start of the run.
    func verdict<G: Gate>(
        of gate: G.Type,
        _ files: [String: String],
        _ settings: JSONValue,
        before: [String: String] = [:]
    ) async throws -> Verdict {
        let gate = try G(settings: G.Settings(json: settings))
        return try await withTemporaryWorkspace(files) { workspace in
            try await withTemporaryWorkspace(before) { base in
                try await withTemporaryWorkspace { scratch in
                    var context = GateContext(scratch: { scratch.path }, base: { _ in base })
                    context.ask = asker
                    return try await gate.judge(workspace, in: context)
                }
            }
        }
    }
}
