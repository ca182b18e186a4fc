public import PipelineKit
import WorkspaceKit

/// Reads a text file of the workspace, or some of its lines, or an image.
public struct ReadFileTool: Tool {
    public static let id: ModuleID = "file_read"
    public static let summary = "Reads a text file of the workspace, whole or from one line to another, or an image."
    public static let example: JSONValue = ["path": "README.md"]
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("Path of the file, relative to the workspace.") var path: String
        @Field("First line to read, counted from 1.") var startLine: Int? = nil
        @Field("Last line to read.") var endLine: Int? = nil
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let files = try ConfinedDirectory(context.workspace)
        let path = arguments.path
        guard arguments.startLine != nil || arguments.endLine != nil else {
            return try whole(path, in: files)
        }
        let lines = TextFile.lines(try files.read(path, limit: FileLimits.write))
        let range = try range(arguments, of: lines.count)
        let bytes = Array(lines[range].joined())
        guard bytes.count <= FileLimits.read else {
            let words = "at most \(FileLimits.read) can be read at once"
            throw Failure(.invalidInput, "These lines of '\(path)' have \(bytes.count) bytes; \(words).")
        }
        return ToolOutput(try TextFile.text(bytes, of: path))
    }

    private func whole(_ path: String, in files: ConfinedDirectory) throws(Failure) -> ToolOutput {
        do throws(Failure) {
            let bytes = try files.read(path)
            if let image = Image(bytes) { return try ImageFile.output(image, of: path) }
            return ToolOutput(try TextFile.text(bytes, of: path))
        } catch {
            // Too much for a text may be little for an image.
            guard let bytes = try? files.read(path, limit: FileLimits.write), bytes.count > FileLimits.read,
                let image = Image(bytes)
            else { throw error }
            return try ImageFile.output(image, of: path)
        }
    }

    private func range(_ arguments: Arguments, of count: Int) throws(Failure) -> Range<Int> {
        let first = arguments.startLine ?? 1
        let last = min(arguments.endLine ?? count, count)
        guard first >= 1, first <= max(count, 1), first - 1 <= last else {
            let asked = "from \(first) to \(arguments.endLine ?? count)"
            throw Failure(.invalidInput, "'\(arguments.path)' has \(count.counted("line")), not lines \(asked).")
        }
        return first - 1..<last
    }
}
