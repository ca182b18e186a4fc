public import PipelineKit
import WorkspaceKit

/// Deletes a file, a link or an empty directory.
public struct DeleteFileTool: Tool {
    public static let id: ModuleID = "file_delete"
    public static let summary = "Deletes a file or an empty directory of the workspace."
    public static let example: JSONValue = ["path": "notes.txt"]
    public static let reach: Set<Reach> = [.writes]

    public struct Arguments: Fields {
        @Field("Path of the file, relative to the workspace.") var path: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        try ConfinedDirectory(context.workspace).delete(arguments.path)
        return ToolOutput("Deleted '\(arguments.path)'.")
    }
}
