import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the migrations of a database run on a copy of it.
///
/// Everything happens in a copy of the tree: neither the project's database nor the judged tree is changed.
public struct DBMigrateGate: Gate {
    public static let id: ModuleID = "db-migrate"
    public static let summary = "Holds when the migrations run on a scratch copy of the SQLite database."

    public struct Settings: Fields {
        @Field("The command line that migrates, by /bin/sh; that of Alembic or Django when the project has it.")
        var command: String? = nil
        @Field("The command line that takes the migrations back; 'alembic downgrade base' for Alembic.")
        var down: String? = nil
        @Field("Whether the migrations are taken back, and run again after that.") var reversible: Bool = false
        @Field("A command line that must exit with 0 after the migrations.") var check: String? = nil
        @Field("The SQLite database, relative to the project; an empty one is migrated by default.")
        var database: String? = nil
        @Field("The variable that tells the commands the database as sqlite:///PATH.") var urlEnv: String =
            "DATABASE_URL"
        @Field("The directory of the workspace in which the commands run; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long each command may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        for (name, line) in [("command", settings.command), ("down", settings.down), ("check", settings.check)] {
            guard let line, !line.contains(where: { !$0.isWhitespace }) else { continue }
            throw Failure(.invalidInput, "Field '\(name)' must be a command line, but is empty.")
        }
        guard !settings.reversible || settings.command == nil || settings.down != nil else {
            throw Failure(.invalidInput, "Field 'down' must say how the migrations are taken back.")
        }
        try RelativePath.check(settings.database.map { [$0] } ?? [], of: "database")
        let name = settings.urlEnv
        guard name.first?.isNumber == false, name.utf8.allSatisfy({ $0 == 95 || $0 < 128 && isWord($0) }) else {
            throw Failure(.invalidInput, "Field 'url_env' must be the name of a variable, but is '\(name)'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let original = try place.within(workspace)
        let plan = try MigrationPlan(settings, in: original)
        let copy = try await ScratchTree.copy(of: workspace, in: context.scratch())
        let inner = try place.within(copy)
        let database = try MigratedDatabase(settings.database, of: original, in: inner.path, context.scratch())
        let run = MigrationRun(
            plan: plan,
            database: database,
            variable: settings.urlEnv,
            workspace: inner,
            timeout: settings.timeout
        )
        return try await run.verdict(context)
    }
}

private func isWord(_ byte: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(byte))
    return character.isLetter || character.isNumber
}
