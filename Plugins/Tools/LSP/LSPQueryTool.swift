public import PipelineKit
import WorkspaceKit

/// Asks a language server about the code of the workspace.
///
/// Its servers are started when they are first asked and end with the tool, which a run holds for as long as it is worked on.
public struct LSPQueryTool: Tool {
    public static let id: ModuleID = "lsp_query"
    public static let summary =
        "Asks a language server where a name is defined, used or implemented, what it is, what is wrong with a file, "
        + "or what a rename would change."
    public static let example: JSONValue = ["query": "references", "path": "calc.py", "line": 1, "symbol": "add"]
    public static let exampleSettings: JSONValue = [
        "servers": ["python": ["command": ["basedpyright-langserver", "--stdio"], "files": ["py": "python"]]]
    ]
    /// A server only reads where walls keep it from anything else; where there are none it may do what it likes.
    public static let reach: Set<Reach> = [.reads, .runs]

    public struct Settings: Fields {
        @Field("Language servers by name; one is started when it is first asked about a file of its own.")
        var servers: [String: ServerDeclaration]
        @Field("How many places are shown of an answer.") var most: Int = 100
        public init() {}
    }

    public struct Arguments: Fields {
        @Field("What is asked.") var query: Question
        @Field("Path of the file, relative to the workspace; workspace_symbols needs none.") var path: String? = nil
        @Field("Line in which the name stands that is asked about, counted from 1.") var line: Int? = nil
        @Field("Column at which it stands, in characters counted from 1.") var column: Int? = nil
        @Field("The name itself, in place of the column; for workspace_symbols, what the names found hold.")
        var symbol: String? = nil
        @Field("What a rename would call it.") var newName: String? = nil
        @Field("Which server is asked, where several know such files.") var server: String? = nil
        public init() {}

        public func check(_ reader: inout FieldReader) {
            for (name, isThere) in query.needs(self) where !isThere {
                reader.problem("A query of '\(query.rawValue)' needs \(name).")
            }
            for (key, number) in [("line", line), ("column", column)] where (number ?? 1) < 1 {
                reader.problem(inValueOf: key, "must be at least 1, but is \(number ?? 0).")
            }
        }
    }

    private let rack: ServerRack
    private let most: Int

    public init(settings: Settings) throws(Failure) {
        guard !settings.servers.isEmpty else {
            throw Failure(.invalidInput, "Field 'servers' must name a language server, but is empty.")
        }
        guard settings.most > 0 else {
            throw Failure(.invalidInput, "Field 'most' must be at least 1, but is \(settings.most).")
        }
        rack = ServerRack(settings.servers)
        most = settings.most
    }

    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        CallScope(workspace.confinement == nil ? [.reads, .runs] : [.reads])
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let server = try rack.server(for: arguments.path, named: arguments.server, in: context.workspace)
        let files = try ConfinedDirectory(context.workspace)
        let inquiry = Inquiry(arguments, server, SourceFiles(files, of: context.workspace), most: most)
        return ToolOutput(try await inquiry.answer())
    }
}
