public import PipelineKit

/// Shows which files differ from the last commit.
public struct GitStatusTool: Tool {
    public static let id: ModuleID = "git_status"
    public static let summary =
        "Lists files that are changed, staged or new since the last commit, in git's short form."
    public static let reach: Set<Reach> = [.reads]

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let words = ["status", "--short", "--untracked-files=all", "--ignore-submodules=dirty", "--no-renames"]
        let status = try await GitView(context.workspace).git(words + ["--", "."], most: GitLimits.status)
        return ToolOutput(status.isEmpty ? "Nothing has changed since the last commit." : status)
    }
}
