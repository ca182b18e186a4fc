public import PipelineKit
import WorkspaceKit

/// Inserts lines into a file.
public struct InsertFileTool: Tool {
    public static let id: ModuleID = "file_insert"
    public static let summary = "Inserts text before a line of a file; one past the last line appends."
    public static let example: JSONValue = ["path": "hello.py", "line": 1, "content": "import sys\n"]
    public static let reach: Set<Reach> = [.reads, .writes]

    public struct Arguments: Fields {
        @Field("Path of the file, relative to the workspace.") var path: String
        @Field("The line the text is put before, counted from 1.") var line: Int
        @Field("The text; a line break is added when it has none at its end.") var content: String
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let files = try ConfinedDirectory(context.workspace)
        var lines = TextFile.lines(try files.read(arguments.path, limit: FileLimits.write))
        guard 1...lines.count + 1 ~= arguments.line else {
            let words = "'\(arguments.path)' has \(lines.count.counted("line"))"
            throw Failure(
                .invalidInput,
                "\(words); text can be inserted at 1 to \(lines.count + 1), not \(arguments.line)."
            )
        }
        let newline = UInt8(ascii: "\n")
        if arguments.line > lines.count, let last = lines.last, last.last != newline {
            lines[lines.count - 1].append(newline)
        }
        var text = ArraySlice(arguments.content.utf8)
        if text.last != newline { text.append(newline) }
        lines.insert(text, at: arguments.line - 1)
        try files.write(Array(lines.joined()), to: arguments.path)
        let count = text.count { $0 == newline }
        return ToolOutput("Inserted \(count.counted("line")) at line \(arguments.line) of '\(arguments.path)'.")
    }
}
