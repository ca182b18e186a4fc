public import PipelineKit
import WorkspaceKit

/// Asks a SQLite database of the workspace.
public struct SQLQueryTool: Tool {
    public static let id: ModuleID = "sql_query"
    public static let summary = "Runs SQL on a SQLite database file of the workspace and returns the rows."
    public static let example: JSONValue = ["path": "shop.db", "sql": "SELECT count(*) FROM orders"]
    public static let reach: Set<Reach> = [.reads, .writes]

    public enum Format: String, Choice {
        case table
        case json
    }

    public struct Settings: Fields {
        @Field("Whether statements may change the database; all statements of a call are one transaction.")
        var writes = false
        @Field("How long a call may take.") var timeout: Duration = .seconds(10)
        @Field("How much of the rows is returned.") var maxOutput = ByteCount(bytes: 32_000)
        public init() {}
    }

    public struct Arguments: Fields {
        @Field("Path of the database, relative to the workspace.") var path: String
        @Field("The statements, with a semicolon between them.") var sql: String
        @Field("Values for the placeholders of the statements, in their order: numbers, texts, true, false or null.")
        var parameters: [JSONValue] = []
        @Field("How the rows are written.") var format: Format = .table
        @Field("How many rows of each statement, at most 1000.") var rows: Int = 100
        public init() {}
    }

    /// Rows of a statement that a call may ask for.
    private static let mostRows = 1000

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        guard settings.timeout > .zero, settings.timeout <= .seconds(600) else {
            let written = settings.timeout.written
            throw Failure(
                .invalidInput,
                "Field 'timeout' must be more than '0s' and at most '10m', but is '\(written)'."
            )
        }
        guard settings.maxOutput.bytes >= 1_000 else {
            throw Failure(.invalidInput, "Field 'max_output' must be at least '1 kB', but is '\(settings.maxOutput)'.")
        }
        self.settings = settings
    }

    /// By the statements themselves, as SQLite understands them with this database.
    public func scope(of arguments: Arguments, in workspace: Workspace) -> CallScope {
        guard settings.writes else { return CallScope([.reads]) }
        let session = DatabaseSession(path: arguments.path, workspace, writes: true, until: .now + .seconds(1))
        return CallScope(session.onlyReads(arguments.sql) ? [.reads] : Self.reach)
    }

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        guard 1...Self.mostRows ~= arguments.rows else {
            throw Failure(.invalidInput, "Field 'rows' must be from 1 to \(Self.mostRows), but is \(arguments.rows).")
        }
        guard arguments.sql.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'sql' must be SQL, but is empty.")
        }
        let session = DatabaseSession(
            path: arguments.path,
            context.workspace,
            writes: settings.writes,
            until: .now + settings.timeout
        )
        let values = try SQLParameters(arguments.parameters)
        var room = settings.maxOutput.bytes
        let limits = ResultLimits(rows: arguments.rows, bytes: room, format: arguments.format)
        let texts = try await session.run(arguments.sql, values, limits).map { result in
            let text = arguments.format == .json ? result.json : result.table(mostBytes: room)
            room -= text.utf8.count
            return text
        }
        return ToolOutput(texts.isEmpty ? "There is no statement in it." : texts.joined(separator: "\n"))
    }
}
