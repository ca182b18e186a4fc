import PipelineKit
import ProcessKit
import ProviderKit

/// How a program ended, for a person.
struct ProgramEnding {
    private let command: Command
    private let outcome: Outcome
    private let reader: ProgramReader

    init(_ command: Command, _ outcome: Outcome, _ reader: ProgramReader) {
        self.command = command
        self.outcome = outcome
        self.reader = reader
    }

    /// Why what was printed does not count; `nil` for a program that exited with 0.
    var failure: Failure? {
        switch outcome {
        case .timedOut(let finished):
            Failure(
                .timedOut,
                "'\(command)' \(lateness(finished)) and was ended.\(remains(finished))",
                mayHaveCost: true
            )
        case .finished(let finished) where finished.status == 0: nil
        case .finished(let finished): exit(finished)
        }
    }

    /// Why a program that exited with 0 has given no reply; `nil` when it has.
    var incomplete: Failure? {
        guard reader.draft.stop == nil, case .finished(let finished) = outcome else { return nil }
        let sentence =
            reader.hasBegun
            ? "'\(command)' exited with 0, but nothing that it printed has 'stop'."
            : "'\(command)' exited with 0 and printed no reply."
        return Failure(.unavailable, sentence + remains(finished), mayHaveCost: true)
    }

    private func lateness(_ finished: Finished) -> String {
        guard finished.wasSilent, let silence = command.silence else {
            return "was not done within \(command.timeout.written)"
        }
        return finished.output.total == 0
            ? "printed nothing within \(silence.first.written)"
            : "printed nothing more for \(silence.between.written)"
    }

    /// What there was of a reply, and of words on standard error.
    private func remains(_ finished: Finished) -> String {
        let text = reader.draft.text
        let cut = text.isEmpty ? "" : " Its reply was cut after '\(printable(text.suffix(200)))'."
        return cut + (lastWords(of: finished).map { " Its last words: '\($0)'." } ?? "")
    }

    private func exit(_ finished: Finished) -> Failure {
        let words = lastWords(of: finished).map { ": \($0)\(".!?".contains($0.last ?? " ") ? "" : ".")" } ?? "."
        let kind = Self.kind(ofStatus: finished.status)
        return Failure(
            kind,
            "'\(command)' exited with \(finished.status)\(words)",
            mayHaveCost: kind == .unavailable || reader.hasBegun
        )
    }

    /// The last line on standard error, where programs say why they end.
    private func lastWords(of finished: Finished) -> String? {
        let lines = finished.errors.text.split(whereSeparator: \.isNewline).map { printable($0, limit: 500) }
        return lines.last { !$0.isEmpty }
    }

    /// The numbers of sysexits(3head), and those of shells, env(1) and timeout(1) for a program that did not run or did
    /// not end; whatever else ends a program may be over by the next attempt.
    private static func kind(ofStatus status: Int) -> Failure.Kind {
        switch status {
        case 64, 65: .invalidInput  // EX_USAGE, EX_DATAERR
        case 66, 72, 78, 126, 127: .missing  // EX_NOINPUT, EX_OSFILE, EX_CONFIG
        case 75: .rateLimited  // EX_TEMPFAIL
        case 77: .denied  // EX_NOPERM
        case 124: .timedOut
        default: .unavailable
        }
    }
}
