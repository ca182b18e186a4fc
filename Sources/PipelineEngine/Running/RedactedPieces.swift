import PipelineKit
import Synchronization

/// A text that comes piece by piece, with known secrets taken out also where one is cut in two.
///
/// What may be the beginning of a secret is held back until it is known what follows.
final class RedactedPieces: Sendable {
    private let redactor: Redactor
    private let held = Mutex("")

    init(_ redactor: Redactor) { self.redactor = redactor }

    /// What may be shown now.
    func next(_ piece: String) -> String {
        guard !redactor.isIdle else { return piece }
        return held.withLock { held in
            let text = redactor.clean(held + piece)
            let rest = redactor.openEnd(of: text)
            held = String(decoding: text.utf8.suffix(rest), as: UTF8.self)
            return String(decoding: text.utf8.dropLast(rest), as: UTF8.self)
        }
    }

    /// What was held back, once nothing follows.
    func end() -> String {
        guard !redactor.isIdle else { return "" }
        return held.withLock { held in
            defer { held = "" }
            return held
        }
    }
}

extension Redactor {
    /// For a text that begins now; `nil` when no value is known, so that it passes as it is.
    func pieces() -> RedactedPieces? { isIdle ? nil : RedactedPieces(self) }

    func clean(_ output: ToolOutput) -> ToolOutput {
        guard !isIdle else { return output }
        var output = output
        output.text = clean(output.text)
        return output
    }

    /// The request as it is recorded.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for one that is too long, or whose state or form would be another without the
    ///   secrets in it.
    func clean(_ request: InputRequest) throws(Failure) -> InputRequest {
        if let excess = request.excess { throw Failure(.invalidInput, "The call asks a person with \(excess).") }
        guard !isIdle else { return request }
        for json in [request.form.schema, request.state] where clean(json.jsonText) != json.jsonText {
            throw Failure(.invalidInput, "The call asks a person with a secret in what would be recorded.")
        }
        var request = request
        request.question = clean(request.question)
        return request
    }

    func clean(_ verdict: Verdict) -> Verdict {
        guard !isIdle else { return verdict }
        var verdict = verdict
        verdict.reason = clean(verdict.reason)
        verdict.details = clean(verdict.details)
        for index in verdict.cases.indices {
            verdict.cases[index].id = clean(verdict.cases[index].id)
            verdict.cases[index].message = clean(verdict.cases[index].message)
        }
        for index in verdict.findings.indices {
            verdict.findings[index].message = clean(verdict.findings[index].message)
        }
        return verdict
    }

    /// The tool as a model may be told of it; what it is called stays.
    func clean(_ tool: ToolFactory) -> ToolFactory {
        guard !isIdle else { return tool }
        let told = tool.specification
        return tool.described(as: clean(told.summary), arguments: clean(told.arguments))
    }

    func clean(_ failure: Failure) -> Failure {
        guard !isIdle else { return failure }
        var failure = failure
        failure.message = clean(failure.message)
        return failure
    }
}
