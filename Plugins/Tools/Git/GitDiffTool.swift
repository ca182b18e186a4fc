public import PipelineKit

/// Shows what changed since the last commit, or what is staged.
public struct GitDiffTool: Tool {
    public static let id: ModuleID = "git_diff"
    public static let summary = "Shows uncommitted changes of tracked files as a diff: unstaged ones, or staged ones."
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("Whether to show what is staged instead of what is not.") var staged: Bool = false
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let words = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty", "--relative"]
        let staged = arguments.staged ? ["--cached"] : []
        let view = try await GitView(context.workspace)
        let diff = try await view.git(words + staged + ["--", "."], most: GitLimits.diff)
        let nothing = arguments.staged ? "No staged changes." : "No unstaged changes."
        return ToolOutput(diff.isEmpty ? nothing : diff)
    }
}
