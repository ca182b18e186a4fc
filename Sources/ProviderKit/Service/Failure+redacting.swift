public import PipelineKit

extension Failure {
    /// The failure without these values, which a service may have repeated in its words.
    public func redacting(_ secrets: [String]) -> Failure {
        var failure = self
        for secret in secrets where !secret.isEmpty {
            failure.message = failure.message.replacing(secret, with: "…")
        }
        return failure
    }
}
