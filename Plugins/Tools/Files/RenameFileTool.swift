public import PipelineKit
import WorkspaceKit

/// Gives a file or directory another name.
public struct RenameFileTool: Tool {
    public static let id: ModuleID = "file_rename"
    public static let summary = "Moves or renames a file or directory of the workspace; nothing is overwritten."
    public static let example: JSONValue = ["old_path": "a.py", "new_path": "b.py"]
    public static let reach: Set<Reach> = [.writes]

    public struct Arguments: Fields {
        @Field("Path of the file now, relative to the workspace.") var oldPath: String
        @Field("Path it shall have.") var newPath: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        try ConfinedDirectory(context.workspace).rename(arguments.oldPath, to: arguments.newPath)
        return ToolOutput("Renamed '\(arguments.oldPath)' to '\(arguments.newPath)'.")
    }
}
