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

    public init(settings: NoFields) throws(Failure) { usesPrograms = true }

    /// For tests of the search that needs no ripgrep.
    init(usesPrograms: Bool) { self.usesPrograms = usesPrograms }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let pattern = try GlobPattern(arguments.pattern)
        let found = try await paths(in: context.workspace).filter(pattern.matches)
        guard !found.isEmpty else { return ToolOutput("No file matches '\(pattern)'.") }
        return ToolOutput(ShownList(found, most: SearchLimits.files, noun: "files").text)
    }

    private func paths(in workspace: Workspace) async throws(Failure) -> [String] {
        if usesPrograms, let ripgrep = Ripgrep(in: workspace) { return try await ripgrep.files() }
        return try FileWalk(workspace).paths()
    }
}
