public import PipelineKit

/// How a process serves.
public struct ServingPolicy: Sendable {
    /// How many runs are carried on at once, at least one; the others wait in the order they came.
    public var runs: Int
    /// How long effects under way may take to end once the process is to end.
    public var grace: Duration
    /// Whether a run that was left by another process, or whose moment has come, is carried on here; one that is submitted
    /// here always is.
    public var takesUp: @Sendable (RunSummary) -> Bool = { _ in true }
    /// Told once of each run that cannot be carried on here, with a sentence that says why.
    public var report: @Sendable (RunID, String) -> Void

    public init(
        runs: Int = 4,
        grace: Duration = .seconds(3),
        report: @escaping @Sendable (RunID, String) -> Void = { _, _ in }
    ) {
        self.runs = runs
        self.grace = grace
        self.report = report
    }
}
