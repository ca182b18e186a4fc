import PipelineKit

/// Lifts bodies of older versions to today's, so that every history ever recorded stays readable.
enum Upcasts {
    /// From a type's version to the next one.
    private static let steps: [String: [Int: @Sendable (JSONValue) -> JSONValue]] = [:]

    /// The newest shape of a body, and which version that is.
    static func lift(_ type: String, version: Int, body: JSONValue) -> (version: Int, body: JSONValue) {
        guard let step = steps[type]?[version] else { return (version, body) }
        return lift(type, version: version + 1, body: step(body))
    }
}
