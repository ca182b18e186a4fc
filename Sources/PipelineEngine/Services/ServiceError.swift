public import PipelineKit

/// Why a service could not do what it was asked.
public enum ServiceError: Error, Sendable, Hashable {
    case noSuchRun(RunID)
    case refused(Refusal)
    case store(StoreError)
    /// Another process works on the run; nothing was done. Says who, and until when its claim lasts.
    case busy(RunID, Claim)
    /// What was asked cannot be: one sentence.
    case invalid(String)
    /// The engine broke a promise to itself: one sentence.
    case broken(String)
}

extension ServiceError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSuchRun(let run): "There is no run '\(run)'."
        case .refused(let refusal): "\(refusal)"
        case .store(let error): "\(error)"
        case .busy(let run, let claim): "Run '\(run)' is being worked on by \(ProcessName(claim.owner))."
        case .invalid(let sentence), .broken(let sentence): sentence
        }
    }
}
