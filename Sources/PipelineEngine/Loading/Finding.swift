public import PipelineKit

/// Something a linter has to say about a pipeline, before anyone knows in which line it stands.
public struct Finding: Sendable, Hashable {
    public var severity: Diagnostic.Severity
    public var problem: FieldProblem
    /// The part of the value that is meant, as it was written: `${inputs.tagret}`.
    public var quoted: String?

    public init(_ problem: FieldProblem) { self.init(.error, problem) }

    public init(_ severity: Diagnostic.Severity, _ problem: FieldProblem, quoted: String? = nil) {
        self.severity = severity
        self.problem = problem
        self.quoted = quoted
    }
}
