public import PipelineKit
import WorkspaceKit

/// Replaces a piece of text in a file by another.
public struct PatchFileTool: Tool {
    public static let id: ModuleID = "file_patch"
    public static let summary =
        "Replaces text in a file. The old text must stand there exactly, and once unless an occurrence is given."
    public static let example: JSONValue = ["path": "hello.py", "old": "hi", "new": "hello"]
    public static let reach: Set<Reach> = [.reads, .writes]

    public struct Arguments: Fields {
        @Field("Path of the file, relative to the workspace.") var path: String
        @Field("The text to replace, exactly as it stands in the file, with its indentation.") var old: String
        @Field("The text to put in its place; empty to remove it.") var new: String
        @Field("Which occurrence to replace, counted from 1; 0 for all. Left out, there must be only one.")
        var occurrence: Int? = nil
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let files = try ConfinedDirectory(context.workspace)
        let bytes = try files.read(arguments.path, limit: FileLimits.write)
        let replacement = try Replacement(arguments, in: bytes)
        try files.write(replacement.result, to: arguments.path)
        return ToolOutput(replacement.summary)
    }
}
