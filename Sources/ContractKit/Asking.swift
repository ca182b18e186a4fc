public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// Asks a service on behalf of a request.
///
/// - Throws: what the service throws, with the status that goes with it.
public func asking<Value: Sendable>(
    _ ask: () async throws(ServiceError) -> Value
) async throws(HTTPError) -> Value {
    do throws(ServiceError) { return try await ask() } catch { throw HTTPError(error) }
}

extension HTTPError {
    /// What a service could not do, as a response: its sentence, and a code that is the same in every contract.
    public init(_ error: ServiceError) {
        switch error {
        case .noSuchRun: self.init(.notFound, "\(error)", code: "no_such_run")
        case .refused(let refusal): self.init(refusal)
        case .busy: self.init(.conflict, "\(error)", code: "busy")
        case .invalid: self.init(.unprocessable, "\(error)", code: "invalid")
        case .store(.conflict), .store(.stale), .store(.overdrawn): self.init(.conflict, "\(error)", code: "conflict")
        case .store(.unavailable): self.init(.serviceUnavailable, "\(error)", code: "store_unavailable")
        case .store(.unreadable): self.init(.internalServerError, "\(error)", code: "store_unreadable")
        case .broken: self.init(.internalServerError, "\(error)", code: "broken")
        }
    }

    private init(_ refusal: Refusal) {
        let (status, code): (HTTPStatus, String) =
            switch refusal {
            case .unknownApproval: (.notFound, "no_such_approval")
            case .unknownIteration: (.notFound, "no_such_iteration")
            case .alreadyResolved: (.conflict, "already_answered")
            case .shownDiffers: (.conflict, "shown_differs")
            case .notACall: (.conflict, "not_a_call")
            case .wrongAnswer: (.unprocessable, "wrong_answer")
            case .takesNoAnswer: (.conflict, "takes_no_answer")
            case .alreadyStarted: (.conflict, "run_exists")
            case .alreadyFinished: (.conflict, "run_ended")
            case .notFinished: (.conflict, "run_not_ended")
            case .goalHeld: (.conflict, "goal_reached")
            case .notApplied: (.conflict, "not_applied")
            case .notTaken: (.unprocessable, "invalid")
            case .underWay: (.conflict, "under_way")
            case .notStarted, .notExpired, .unknownCall, .outdated: (.conflict, "refused")
            }
        self.init(status, "\(refusal)", code: code)
    }
}

extension HTTPRequest {
    /// Who is recorded as having asked or answered.
    public var person: String { principal?.name ?? "somebody at \(peer)" }
}

extension HTTPError {
    /// A pipeline that is not there, or cannot be used; a sentence for each mistake.
    public init(_ error: PipelineError) {
        switch error {
        case .unknown(let sentence): self.init(.unprocessable, sentence, code: "no_such_pipeline")
        case .mistakes(let diagnostics):
            let sentences = diagnostics.all.filter { $0.severity == .error }.map(\.inOneLine)
            self.init(.unprocessable, sentences.joined(separator: " "), code: "invalid_pipeline", details: sentences)
        }
    }

    /// A body, or inputs, that do not fit; a sentence for each mistake.
    public init(_ problems: FieldProblems) {
        let sentences = problems.all.map(\.message)
        self.init(.unprocessable, sentences.joined(separator: " "), code: "invalid_body", details: sentences)
    }
}

extension Diagnostic {
    /// `pipeline.yaml:3:5: Unknown field 'modle'. Did you mean 'model'?`
    fileprivate var inOneLine: String {
        place.map { "\(file):\($0.line):\($0.column): \(message)" } ?? "\(file): \(message)"
    }
}
