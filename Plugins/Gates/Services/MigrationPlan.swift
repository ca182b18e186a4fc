import FoundationEssentials
import PipelineKit

/// The commands of a migration, in their order.
struct MigrationPlan: Sendable, Hashable {
    struct Step: Sendable, Hashable {
        /// What the case is called.
        var name: String
        /// A command line for /bin/sh.
        var line: String
        /// What is said when it fails.
        var complaint: String
        /// Whether there has to be a database afterwards.
        var makesDatabase = false
    }

    private(set) var steps: [Step]

    /// - Throws: ``Failure/Kind/invalidInput`` when neither the settings nor the project say how to migrate.
    init(_ settings: DBMigrateGate.Settings, in workspace: Workspace) throws(Failure) {
        let known = try Self.known(settings, in: workspace)
        steps = [Step(name: "up", line: known.up, complaint: "The migrations fail", makesDatabase: true)]
        if settings.reversible {
            guard let down = known.down else {
                throw Failure(.invalidInput, "Field 'down' must say how the migrations are taken back.")
            }
            steps.append(Step(name: "down", line: down, complaint: "The migrations cannot be taken back"))
            let complaint = "The migrations fail after they were taken back"
            steps.append(Step(name: "up again", line: known.up, complaint: complaint, makesDatabase: true))
        }
        if let check = settings.check {
            steps.append(Step(name: "check", line: check, complaint: "The check after the migrations fails"))
        }
    }

    /// https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration,
    /// https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate.
    private static func known(
        _ settings: DBMigrateGate.Settings,
        in workspace: Workspace
    ) throws(Failure) -> (up: String, down: String?) {
        if let command = settings.command { return (command, settings.down) }
        let has = { (name: String) in FileManager.default.fileExists(atPath: "\(workspace.path)/\(name)") }
        if has("alembic.ini") { return ("alembic upgrade head", settings.down ?? "alembic downgrade base") }
        if has("manage.py") { return ("python3 manage.py migrate --noinput", settings.down) }
        throw Failure(
            .invalidInput,
            "The workspace has no 'alembic.ini' and no 'manage.py'. Say with 'command:' how its migrations are run."
        )
    }

    /// What is said when all of them succeed.
    var praise: String {
        let again = steps.contains { $0.name == "down" } ? ", can be taken back and run again" : ""
        return "The migrations run\(again)\(steps.last?.name == "check" ? ", and the check holds" : "")."
    }
}
