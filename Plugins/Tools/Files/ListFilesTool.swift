public import PipelineKit
import WorkspaceKit

/// Lists one directory of the workspace.
public struct ListFilesTool: Tool {
    public static let id: ModuleID = "file_list"
    public static let summary = "Lists what is in a directory of the workspace; directories end with '/'."
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("Path of the directory, relative to the workspace.") var path: String = "."
        public init() {}
    }

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let entries = try ConfinedDirectory(context.workspace).list(arguments.path)
        guard !entries.isEmpty else { return ToolOutput("'\(arguments.path)' is empty.") }
        let lines = entries.prefix(Self.most).map(Self.line)
        let left = entries.count - lines.count
        let rest = left > 0 ? ["(\(left) more)"] : []
        return ToolOutput((lines + rest).joined(separator: "\n"))
    }

    private static func line(_ entry: DirectoryEntry) -> String {
        switch entry.kind {
        case .file: entry.name
        case .directory: entry.name + "/"
        default: "\(entry.name) (\(entry.kind.rawValue))"
        }
    }

    private static let most = 1000
}
