public import PipelineKit
import WorkspaceKit

/// Writes a whole file.
public struct WriteFileTool: Tool {
    public static let id: ModuleID = "file_write"
    public static let summary = "Writes a file of the workspace: a new one, or over the old one. Makes its directories."
    public static let example: JSONValue = ["path": "hello.py", "content": "print('hello')\n"]
    public static let reach: Set<Reach> = [.writes]

    public struct Arguments: Fields {
        @Field("Path of the file, relative to the workspace.") var path: String
        @Field("What the file shall hold.") var content: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let bytes = Array(arguments.content.utf8)
        try ConfinedDirectory(context.workspace).write(bytes, to: arguments.path)
        return ToolOutput("Wrote \(bytes.count.counted("byte")) to '\(arguments.path)'.")
    }
}
