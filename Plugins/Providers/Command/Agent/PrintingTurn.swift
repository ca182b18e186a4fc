import PipelineKit
import ProcessKit
import ProviderKit

/// One reply of a program that works by itself and prints what it does: it is over when the program is.
struct PrintingTurn: Sendable {
    private let request: ModelRequest
    private let command: Command
    private let printed: @Sendable (String, Bool) -> Void

    /// - Parameter printed: Takes what is printed, and whether on standard error.
    init(_ request: ModelRequest, _ command: Command, _ printed: @escaping @Sendable (String, Bool) -> Void) {
        self.request = request
        self.command = command
        self.printed = printed
    }

    /// What a reply has of it: the end of what it printed.
    private struct LastWords: ReplyParts {
        let text: String
        let calls: [DraftCall] = []
        let usage: Usage? = nil
        let stop: ModelReply.Stop? = .finished
    }

    /// Characters of a reply; all of it is recorded as it is printed.
    private static let most = 8_000

    /// - Throws: what came of a program that did not exit with 0. It has worked, perhaps for an hour: nobody starts it again
    ///   for that.
    func reply() async throws(Failure) -> ModelReply {
        let ended = try await outcome(of: command) { [printed] in
            printed($0, false)
        } errors: { [printed] in
            printed($0, true)
        }
        switch ended {
        case .timedOut(let finished):
            throw Failure(.invalidInput, finished.timeout(of: command).message, mayHaveCost: true)
        case .finished(let finished) where finished.status != 0:
            let said = Self.lastLine(of: finished).map { ": \($0)" } ?? "."
            throw Failure(
                .invalidInput,
                "'\(command)' exited with \(finished.status)\(said)",
                mayHaveCost: true
            )
        case .finished(let finished):
            let words = LastWords(text: String(finished.output.text.trimmed.suffix(Self.most)))
            return try words.reply(to: request, of: command.input.count, from: "\(command)")
        }
    }

    /// Where programs say why they end.
    private static func lastLine(of finished: Finished) -> String? {
        let text = finished.errors.text.trimmed.isEmpty ? finished.output.text : finished.errors.text
        let lines = text.split(whereSeparator: \.isNewline).map { printable($0, limit: 500) }
        return lines.last { !$0.isEmpty }
    }
}
