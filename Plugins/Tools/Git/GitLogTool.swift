public import PipelineKit

/// Shows the latest commits.
public struct GitLogTool: Tool {
    public static let id: ModuleID = "git_log"
    public static let summary = "Lists the latest commits: id, date, author and subject."
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("How many commits, at most 100.") var count: Int = 10
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        guard 1...GitLimits.commits ~= arguments.count else {
            let range = "from 1 to \(GitLimits.commits)"
            throw Failure(.invalidInput, "Field 'count' must be \(range), but is \(arguments.count).")
        }
        let view = try await GitView(context.workspace)
        guard view.hasCommit else { return ToolOutput("There is no commit yet.") }
        let format = ["--no-decorate", "--no-color", "--date=short", "--format=%h %ad %an: %s"]
        return ToolOutput(try await view.git(["log", "-n", "\(arguments.count)"] + format, most: GitLimits.log))
    }
}
