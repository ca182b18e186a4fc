public import PipelineKit

/// Judges the goal while the model works, as the check at the end of an iteration will.
public struct RunTestsTool: Tool {
    public static let id: ModuleID = "run_tests"
    public static let aliases: [ModuleID] = ["run_pytest"]
    public static let summary = "Checks the goal of the run now, and says what does not hold yet."
    public static let reach: Set<Reach> = [.runs]

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let verdict = try await context.check()
        let parts = [verdict.reason, verdict.details].filter { !$0.isEmpty }
        return ToolOutput(parts.joined(separator: "\n\n"), isError: !verdict.holds)
    }
}
