public import PipelineKit
import WorkspaceKit

/// Finds files by a pattern of their path.
public struct FindFilesTool: Tool {
    public static let id: ModuleID = "find_files"
    public static let summary =
        "Finds files of the workspace whose path matches a pattern, such as *.py or src/**/test_*."
    public static let example: JSONValue = ["pattern": "**/*.py"]
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("The pattern: * is any part of a name, ** any directories; without a / it holds at any depth.")
        var pattern: String
        public init() {}
    }

    private let usesPrograms: Bool
    private let mostNames: Int

    public init(settings: NoFields) throws(Failure) { self.init(usesPrograms: true) }

    /// For tests of the search that needs no ripgrep, and of more files than are looked at.
    init(usesPrograms: Bool, mostNames: Int = SearchLimits.names) {
        self.usesPrograms = usesPrograms
        self.mostNames = mostNames
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let pattern = try GlobPattern(arguments.pattern)
        let (paths, isComplete) = try await paths(in: context.workspace)
        let found = paths.filter(pattern.matches)
        guard !found.isEmpty else {
            let end = isComplete ? "." : " among the \(paths.count) that were looked at; there are more."
            return ToolOutput("No file matches '\(pattern)'\(end)")
        }
        let list = ShownList(found, most: SearchLimits.files, noun: "files", isComplete: isComplete, \.self)
        return ToolOutput(list.text)
    }

    private func paths(in workspace: Workspace) async throws(Failure) -> (paths: [String], isComplete: Bool) {
        guard usesPrograms, let ripgrep = Ripgrep(in: workspace) else {
            return (try FileWalk(workspace).paths(), true)
        }
        return try await ripgrep.files(most: mostNames)
    }
}
