import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import ServicesGate

/// Migrations of SQLite databases, run by a script in Python.
@Suite(.serialized) struct DBMigrateGateTests {
    /// `migrate.py up`, `down` and `check`, at the database of $DATABASE_URL, or of the file beside it.
    private static let script = """
        import os, sqlite3, sys

        url = os.environ["DATABASE_URL"] if "app.ini" not in os.listdir() else "sqlite:///app.db"
        base = sqlite3.connect(url.removeprefix("sqlite:///"))
        if sys.argv[1] == "up":
            base.execute("create table if not exists users (name text)")
            base.execute("alter table users add column mail text")
        elif sys.argv[1] == "down":
            base.execute("alter table users drop column mail")
        else:
            print("users:", base.execute("select count(*), group_concat(name) from users where mail is null").fetchone())
        base.commit()
        """

    private static func line(_ word: String) throws -> String { "\(try PythonProject.python()) migrate.py \(word)" }

    private func settings(_ more: JSONValue = [:], reversible: Bool = false) throws -> JSONValue {
        var members: [String: JSONValue] = ["command": .string(try Self.line("up"))]
        if reversible {
            members["down"] = .string(try Self.line("down"))
            members["reversible"] = true
        }
        return .object(members.merging(more.members) { $1 })
    }

    private func verdict(_ files: [String: String] = [:], _ settings: JSONValue) async throws -> Verdict {
        let all = ["migrate.py": Self.script].merging(files) { $1 }
        return try await GateTrial.verdict(of: DBMigrateGate.self, all, settings)
    }

    /// Lends a project with a database that has one user.
    private func withDatabase(_ body: (Workspace) async throws -> Void) async throws {
        try await withTemporaryWorkspace(["migrate.py": Self.script]) { project in
            let code = """
                import sqlite3
                base = sqlite3.connect("app.db")
                base.executescript("create table users (name text); insert into users values ('ann');")
                """
            let made = try await run(Command(try PythonProject.python(), ["-c", code], in: project.path))
            try #require(made.status == 0, "\(made.errors.text)")
            try await body(project)
        }
    }

    private func judge(_ workspace: Workspace, _ settings: JSONValue) async throws -> Verdict {
        let gate = try DBMigrateGate(settings: DBMigrateGate.Settings(json: settings))
        return try await withTemporaryWorkspace { scratch in
            try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
        }
    }

    @Test func keepsTheGatesPromises() async throws {
        try await expectConformance(
            of: DBMigrateGate.self,
            settings: settings(reversible: true),
            files: ["migrate.py": Self.script]
        )
    }

    @Test func anEmptyDatabaseIsMigratedThereAndBackAgain() async throws {
        let check: JSONValue = ["check": .string(try Self.line("check"))]
        let plain = try await verdict([:], settings())
        #expect(plain.reason == "The migrations run.", "\(plain.details)")
        let whole = try await verdict([:], settings(check, reversible: true))
        #expect(
            whole.reason == "The migrations run, can be taken back and run again, and the check holds.",
            "\(whole.details)"
        )
        #expect(whole.story == ["up: passed", "down: passed", "up again: passed", "check: passed"])
    }

    @Test func theRealDatabaseStaysAsItIs() async throws {
        try await withDatabase { project async throws in
            let before = try FileTree(project.path)
            let check = "\(try Self.line("check")) | grep -q \"(1, 'ann')\""
            let verdict = try await judge(project, settings(["database": "app.db", "check": .string(check)]))
            #expect(verdict.reason == "The migrations run, and the check holds.", "\(verdict.details)")
            #expect(try FileTree(project.path) == before)
        }
    }

    /// A path in a file of the project leads to the copy too.
    @Test func aDatabaseThatTheProjectNamesItselfIsACopy() async throws {
        try await withDatabase { project async throws in
            try Data().write(to: URL(filePath: "\(project.path)/app.ini"))
            let before = try FileTree(project.path)
            #expect(try await judge(project, settings(["database": "app.db"], reversible: true)).holds)
            #expect(try FileTree(project.path) == before)
        }
    }

    @Test func aDatabaseThatGitIgnoresIsTakenFromTheProject() async throws {
        try await withDatabase { project async throws in
            try await withTemporaryWorkspace(["migrate.py": Self.script]) { tree in
                let check = "\(try Self.line("check")) | grep -q \"(1, 'ann')\""
                let workspace = Workspace(path: tree.path, project: project.path)
                let verdict = try await judge(workspace, settings(["database": "app.db", "check": .string(check)]))
                #expect(verdict.reason == "The migrations run, and the check holds.", "\(verdict.details)")
            }
        }
    }

    @Test func whoWritesToTheRealDatabaseDoesNotHold() async throws {
        try await withDatabase { project async throws in
            let line = "cp \(project.path)/app.db x && cat x >> \(project.path)/app.db"
            let verdict = try await judge(project, ["command": .string(line), "database": "app.db"])
            #expect(
                verdict.reason == "'\(line)' changed 'app.db' itself, not the copy that $DATABASE_URL names."
            )
        }
    }

    @Test func theStepThatFailsIsNamedWithItsOutput() async throws {
        let up = try Self.line("up")
        let cases: [(JSONValue, String, [String])] = [
            (
                ["command": "echo broken; exit 3"], "The migrations fail: 'echo broken; exit 3' exited with 3.",
                ["up: failed"]
            ),
            (
                ["down": "echo broken; false", "reversible": true],
                "The migrations cannot be taken back: 'echo broken; false' exited with 1.",
                ["up: passed", "down: failed"]
            ),
            (
                ["down": "echo nothing", "reversible": true],
                "The migrations fail after they were taken back: '\(up)' exited with 1.",
                ["up: passed", "down: passed", "up again: failed"]
            ),
            (
                ["check": "echo broken; exit 4"],
                "The check after the migrations fails: 'echo broken; exit 4' exited with 4.",
                ["up: passed", "check: failed"]
            ),
        ]
        for (more, reason, story) in cases {
            let verdict = try await verdict([:], settings(more))
            #expect(verdict.outcome == .failed)
            #expect(verdict.reason == reason)
            #expect(verdict.story == story)
            let said = story.last == "up again: failed" ? "duplicate column name: mail" : "broken"
            #expect(verdict.details.contains(said))
        }
    }

    @Test func whoMakesNoDatabaseDoesNotHold() async throws {
        let other = try await verdict([:], ["command": "echo ok > other.db"])
        #expect(
            other.reason
                == "'echo ok > other.db' made no SQLite database where $DATABASE_URL says. "
                + "Let the project read that variable, or name its file with 'database:'."
        )
        let named = try await verdict([:], ["command": "echo ok > app.db", "database": "app.db"])
        #expect(named.reason == "'echo ok > app.db' exited with 0, but 'app.db' is no SQLite database after it.")
    }

    @Test func theCommandOfAnotherVariableAndOfAPlainPath() async throws {
        let line = try "DATABASE_URL=$DB \(Self.line("up")) && test -f \"$SLUICE_DATABASE\""
        #expect(try await verdict([:], ["command": .string(line), "url_env": "DB"]).reason == "The migrations run.")
    }

    @Test func aHangAndAProgramThatIsNotThereAreNoVerdict() async throws {
        let late = try await GateTrial.failure(
            of: DBMigrateGate.self,
            [:],
            ["command": "echo deep; sleep 600", "timeout": "8s"]
        )
        #expect(
            late
                == Failure(
                    .timedOut,
                    "'echo deep; sleep 600' was still running after 8s and was ended. Its output ended with:\ndeep"
                )
        )
        let missing = try await GateTrial.failure(of: DBMigrateGate.self, [:], ["command": "no-such-tool up"])
        #expect(missing?.kind == .missing)
        let unknown = try await GateTrial.failure(of: DBMigrateGate.self, [:])
        #expect(
            unknown
                == Failure(
                    .invalidInput,
                    "The workspace has no 'alembic.ini' and no 'manage.py'. "
                        + "Say with 'command:' how its migrations are run."
                )
        )
    }

    @Test func whatSaysHowToMigrateIsProtected() async throws {
        let refused = try await GateTrial.refused(
            under: DBMigrateGate.protection,
            start: ["alembic.ini": "a", "migrations/1.py": "a"],
            work: ["alembic.ini": "b", "web/manage.py": "exit()", "migrations/1.py": "b", "migrations/2.py": "b"]
        )
        #expect(refused.sorted() == ["alembic.ini", "web/manage.py"])
    }

    @Test func aLinkIsNoDatabase() async throws {
        try await withDatabase { project async throws in
            try FileManager.default.createSymbolicLink(
                atPath: "\(project.path)/link.db",
                withDestinationPath: "/etc/hostname"
            )
            let words = "Field 'database' names 'link.db', which is no regular file of the project."
            await #expect(throws: Failure(.invalidInput, words)) {
                _ = try await judge(project, settings(["database": "link.db"]))
            }
        }
    }

    @Test(arguments: [
        (["alembic.ini": ""], ["alembic upgrade head", "alembic downgrade base", "alembic upgrade head"]),
        (["manage.py": ""], ["python3 manage.py migrate --noinput", "back", "python3 manage.py migrate --noinput"]),
    ])
    func theCommandsOfAKnownProject(files: [String: String], lines: [String]) async throws {
        let down: JSONValue = files.keys.contains("manage.py") ? ["down": "back"] : [:]
        let json = down.members.merging(["reversible": true]) { $1 }
        let settings = try DBMigrateGate.Settings(json: .object(json))
        try await withTemporaryWorkspace(files) { workspace in
            let plan = try MigrationPlan(settings, in: workspace)
            #expect(plan.steps.map(\.line) == lines)
        }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be longer than 0s."),
            (["command": " "], "Field 'command' must be a command line, but is empty."),
            (["command": "up", "reversible": true], "Field 'down' must say how the migrations are taken back."),
            (["url_env": "A=B"], "Field 'url_env' must be the name of a variable, but is 'A=B'."),
            (
                ["database": "../app.db"],
                "Field 'database' must be relative to the workspace and in it, but is '../app.db'."
            ),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: DBMigrateGate.self, settings) == message)
    }
}
