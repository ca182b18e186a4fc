import DatabaseTool
import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What is told of a database, what is refused, and that nothing else is touched.
struct SQLQueryTests {
    private static let people = """
        CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT UNIQUE, height REAL, photo BLOB);
        INSERT INTO person VALUES (1, 'Ada', 1.65, x'89504e47'), (20, 'Grace' || char(10) || 'Hopper', NULL, NULL);
        CREATE VIEW names AS SELECT name FROM person;
        CREATE TABLE log (text); CREATE TRIGGER logs AFTER DELETE ON person BEGIN INSERT INTO log VALUES (old.name); END;
        """

    private func tool(_ settings: JSONValue = [:]) throws -> ConfiguredTool {
        var registry = Registry()
        registry.add(SQLQueryTool.self)
        return try #require(registry.tools["sql_query"]).make(settings)
    }

    private func query(
        _ sql: String,
        _ more: [String: JSONValue] = [:],
        _ settings: JSONValue = [:],
        in workspace: Workspace
    ) async throws -> String {
        let arguments = ["path": "a.db", "sql": .string(sql)].merging(more) { $1 }
        return try await tool(settings).call(.object(arguments), ToolContext(workspace: workspace)).text
    }

    /// Lends a workspace with the database `a.db`, which the program sqlite3 has made.
    private func withDatabase(_ sql: String = people, _ body: (Workspace) async throws -> Void) async throws {
        try await withTemporaryWorkspace { workspace in
            try await sqlite(sql, in: workspace)
            try await body(workspace)
        }
    }

    @discardableResult
    private func sqlite(_ sql: String, _ file: String = "a.db", in workspace: Workspace) async throws -> String {
        let command = Command("sqlite3", ["-bail", file], in: workspace, input: Array(sql.utf8))
        let finished = try await run(command)
        try #require(finished.status == 0, "\(finished.errors.text)")
        return finished.output.text
    }

    @Test func keepsTheToolsPromises() async throws {
        // An empty file is a database without tables.
        try await expectConformance(
            of: SQLQueryTool.self,
            arguments: ["path": "a.db", "sql": "SELECT 1"],
            files: ["a.db": ""]
        )
        try await expectConformance(
            of: SQLQueryTool.self,
            arguments: ["path": "a.db", "sql": "CREATE TABLE t (a)"],
            settings: ["writes": true],
            files: ["a.db": ""]
        )
    }

    @Test func rowsStandOneBelowTheOther() async throws {
        try await withDatabase { workspace in
            let text = try await query("SELECT * FROM person", in: workspace)
            #expect(
                text == """
                    id | name          | height | photo
                    ---+---------------+--------+--------------------------
                     1 | Ada           |   1.65 | blob of 4 bytes: 89504e47
                    20 | Grace\\nHopper | NULL   | NULL
                    [2 rows.]
                    """
            )
        }
    }

    @Test(
        arguments: [
            ("SELECT name FROM names LIMIT 1", [:], "name\n----\nAda\n[1 row.]"),
            ("SELECT id FROM person", ["rows": 1], "id\n--\n 1\n[1 row; there are more.]"),
            ("SELECT id FROM person WHERE id < 0", [:], "[0 rows.]"),
            ("-- nothing", [:], "There is no statement in it."),
            ("SELECT 1 AS a; -- more\n;; SELECT 'é' AS b;", [:], "a\n-\n1\n[1 row.]\nb\n-\né\n[1 row.]"),
            (
                "SELECT ?, ? AS b; SELECT ?2 || ?1 AS c", ["parameters": [1, nil, "é", "x"]],
                "? | b\n--+-----\n1 | NULL\n[1 row.]\nc\n--\nxé\n[1 row.]"
            ),
            ("SELECT typeof(?) AS a", ["parameters": [2.5]], "a\n----\nreal\n[1 row.]"),
            ("SELECT ? + 1 AS a", ["parameters": [true]], "a\n-\n2\n[1 row.]"),
            (
                "SELECT id, height, photo FROM person", ["format": "json"],
                #"{"columns":["id","height","photo"],"rows":[[1,1.65,"blob of 4 bytes: 89504e47"],[20,null,null]]}"#
            ),
            ("SELECT id FROM person", ["format": "json", "rows": 1], #"{"columns":["id"],"more":true,"rows":[[1]]}"#),
            (
                "SELECT zeroblob(100) AS z", [:],
                "z\n----------------------------------------------------\n"
                    + "blob of 100 bytes: 00000000000000000000000000000000…\n[1 row.]"
            ),
            (
                "PRAGMA table_info(log)", ["format": "json"],
                #"{"columns":["cid","name","type","notnull","dflt_value","pk"],"rows":[[0,"text","",0,null,0]]}"#
            ),
            ("SELECT name FROM pragma_table_info('log')", [:], "name\n----\ntext\n[1 row.]"),
            ("PRAGMA user_version", [:], "user_version\n------------\n           0\n[1 row.]"),
            (
                "SELECT 9223372036854775807 AS a", ["format": "json"],
                #"{"columns":["a"],"rows":[[9223372036854775807]]}"#
            ),
        ] as [(String, [String: JSONValue], String)]
    )
    func queriesAreAnswered(sql: String, more: [String: JSONValue], text: String) async throws {
        try await withDatabase { workspace in
            let before = try FileTree(workspace.path)
            #expect(try await query(sql, more, in: workspace) == text)
            #expect(try FileTree(workspace.path) == before)
        }
    }

    private static let onlyReads =
        "The statement writes, and 'sql_query' only reads here; the setting 'writes: true' permits more."
    private static let transactions =
        "Transactions are neither begun nor ended by statements: all statements of a call are one."
    private static let attached = "Databases are neither attached nor copied. Query each by itself."

    @Test(
        arguments: [
            (
                "SELECT nam FROM person", [:],
                "SQLite refuses: no such column: nam.\n  SELECT nam FROM person\n         ^"
            ),
            (
                "SELECT 1;\n SELECT *\n\tFRM person", [:],
                "SQLite refuses: near \"FRM\": syntax error.\n  \tFRM person\n  \t^"
            ),
            ("SELECT 'é', x", [:], "SQLite refuses: no such column: x.\n  SELECT 'é', x\n              ^"),
            ("SELECT (1", [:], "SQLite refuses: incomplete input."),
            ("INSERT INTO log VALUES (1)", [:], onlyReads), ("CREATE TEMP TABLE x (a)", [:], onlyReads),
            ("DELETE FROM person", [:], onlyReads),
            ("UPDATE sqlite_master SET type = 1", [:], "SQLite refuses: table sqlite_master may not be modified."),
            ("DROP TABLE person", [:], onlyReads),
            ("PRAGMA user_version = 5", [:], "The pragma 'user_version' can be read here, and not set."),
            ("BEGIN", [:], transactions), ("COMMIT; DELETE FROM log", [:], transactions),
            ("SAVEPOINT a", [:], transactions), ("ATTACH '/etc/x' AS x", [:], attached),
            ("SELECT load_extension('x')", [:], "Extensions are not loaded."),
            ("SELECT ?", [:], "The statements have more placeholders than the 0 that 'parameters' has values for."),
            ("SELECT ?", ["parameters": [1, 2]], "The statements have 1 placeholders, but 'parameters' has 2 values."),
            (
                "SELECT ?", ["parameters": [1, [2]]],
                "Field 'parameters[1]' must be a number, text, true, false or null, but is a list."
            ),
            (" ", [:], "Field 'sql' must be SQL, but is empty."),
            ("SELECT 1", ["rows": 0], "Field 'rows' must be from 1 to 1000, but is 0."),
            ("SELECT 1", ["rows": 1001], "Field 'rows' must be from 1 to 1000, but is 1001."),
            ("SELECT 1", ["path": "b.db"], "There is no file 'b.db'. Did you mean 'a.db'?"),
            ("SELECT 1", ["path": "../secret.db"], "'../secret.db' leaves the workspace."),
            ("SELECT 1", ["path": "link.db"], "'link.db' leaves the workspace."),
            ("SELECT 1", ["path": "."], "'.' is the workspace itself and cannot be read."),
            ("SELECT 1", ["path": "sub"], "'sub' is a directory."),
            ("SELECT 1", ["path": "text"], "'text' is no SQLite database."),
        ] as [(String, [String: JSONValue], String)]
    )
    func sayWhatIsWrong(sql: String, more: [String: JSONValue], message: String) async throws {
        try await withDatabase { workspace in
            try await sqlite("CREATE TABLE secret (a)", "../secret.db", in: workspace)
            let shell = "ln -s ../secret.db link.db; mkdir sub; seq 1000 > text"
            _ = try await run(.shell(shell, in: workspace))
            let before = try Surround(workspace)
            let failure = await #expect(throws: Failure.self) { _ = try await query(sql, more, in: workspace) }
            #expect(failure?.message == message)
            #expect(try Surround(workspace) == before)
        }
    }

    /// What stands in the workspace and beside it.
    private struct Surround: Equatable {
        let tree: FileTree
        init(_ workspace: Workspace) throws {
            tree = try FileTree((workspace.path as NSString).deletingLastPathComponent)
        }
    }

    @Test(
        arguments: [false, true],
        ["VACUUM", "VACUUM INTO '../copy.db'", "PRAGMA writable_schema = on", "PRAGMA nothing"]
    )
    func whatCouldReachElsewhereIsRefused(writes: Bool, sql: String) async throws {
        try await withDatabase { workspace in
            let before = try Surround(workspace)
            await #expect(throws: Failure.self) {
                _ = try await query(sql, [:], ["writes": .bool(writes)], in: workspace)
            }
            #expect(try Surround(workspace) == before)
        }
    }

    @Test func writingIsOneTransaction() async throws {
        try await withDatabase { workspace in
            let writes: JSONValue = ["writes": true]
            let text = try await query(
                "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (?), (?) RETURNING a; DELETE FROM person WHERE id = 1; "
                    + "SELECT * FROM log",
                ["parameters": ["x", "y"]],
                writes,
                in: workspace
            )
            #expect(
                text == """
                    [0 rows changed.]
                    a
                    -
                    x
                    y
                    [2 rows.]
                    [2 rows changed.]
                    [2 rows changed.]
                    text
                    ----
                    Ada
                    [1 row.]
                    """
            )
            let json = try await query("UPDATE t SET a = a || 1", ["format": "json"], writes, in: workspace)
            #expect(json == #"{"changed":2}"#)
            for sql in ["DELETE FROM t; INSERT INTO t VALUES (1), (1)", "DELETE FROM t; SELECT nothing"] {
                await #expect(throws: Failure.self) { _ = try await query(sql, [:], writes, in: workspace) }
            }
            let missing = "DELETE FROM t; SELECT ?"
            await #expect(throws: Failure.self) { _ = try await query(missing, [:], writes, in: workspace) }
            #expect(try await sqlite("SELECT a FROM t", in: workspace) == "x1\ny1\n")
            #expect(try FileTree(workspace.path).entries.keys.sorted() == ["a.db"])
            let message = "SQLite refuses: UNIQUE constraint failed: t.a."
            await #expect(throws: Failure(.invalidInput, message)) {
                _ = try await query("INSERT INTO t VALUES ('x1')", [:], writes, in: workspace)
            }
        }
    }

    @Test(arguments: [
        ("SELECT * FROM person", true), ("SELECT 1; PRAGMA table_info(log)", true), ("-- nothing", true),
        ("WITH a AS (SELECT 1) SELECT * FROM a", true), ("EXPLAIN DELETE FROM log", false),
        ("WITH a AS (SELECT 1) DELETE FROM log", false), ("SELECT 1; DELETE FROM log", false),
        ("CREATE TABLE t (a); INSERT INTO t VALUES (1)", false), ("SELECT nothing", false),
        ("PRAGMA user_version = 5", false),
    ])
    func whatACallTouchesIsToldByItsStatements(sql: String, onlyReads: Bool) async throws {
        try await withDatabase { workspace in
            let arguments: JSONValue = ["path": "a.db", "sql": .string(sql)]
            let before = try FileTree(workspace.path)
            #expect(try tool().scope(arguments, workspace).reach == [.reads])
            let reach = try tool(["writes": true]).scope(arguments, workspace).reach
            #expect(reach == (onlyReads ? [.reads] : [.reads, .writes]))
            let nowhere: JSONValue = ["path": "../x.db", "sql": "SELECT 1"]
            #expect(try tool(["writes": true]).scope(nowhere, workspace).reach == [.reads, .writes])
            #expect(try FileTree(workspace.path) == before)
        }
    }

    @Test func aDatabaseWithALogIsReadWithIt() async throws {
        try await withDatabase("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES ('old');") {
            workspace in
            let path = workspace.path
            // Without a log beside it, nothing is left beside it.
            #expect(try await query("SELECT a FROM t", in: workspace) == "a\n---\nold\n[1 row.]")
            #expect(try FileTree(path).entries.keys.sorted() == ["a.db"])
            // A program that is still there, or was killed, has what it wrote in the log.
            let kill = "INSERT INTO t VALUES ('new');\n.shell kill -9 $PPID\n"
            _ = try await run(Command("sqlite3", ["a.db"], in: workspace, input: Array(kill.utf8)))
            #expect(FileManager.default.fileExists(atPath: "\(path)/a.db-wal"))
            #expect(try await query("SELECT a FROM t", in: workspace) == "a\n---\nold\nnew\n[2 rows.]")
            let arguments: JSONValue = ["path": "a.db", "sql": "SELECT a FROM t"]
            #expect(try tool(["writes": true]).scope(arguments, workspace).reach == [.reads])
            _ = try await query("DELETE FROM t WHERE a = 'old'", [:], ["writes": true], in: workspace)
            #expect(try await sqlite("SELECT a FROM t", in: workspace) == "new\n")
        }
    }

    @Test(arguments: [
        ("a.db-wal", "PRAGMA journal_mode = WAL; CREATE TABLE t (a);"), ("a.db-journal", "CREATE TABLE t (a);"),
    ])
    func nothingIsWrittenThroughALinkBesideIt(name: String, sql: String) async throws {
        try await withDatabase(sql) { workspace in
            let outside = (workspace.path as NSString).deletingLastPathComponent + "/outside"
            try Data("kept".utf8).write(to: URL(filePath: outside))
            try FileManager.default.createSymbolicLink(
                atPath: "\(workspace.path)/\(name)",
                withDestinationPath: "../outside"
            )
            await #expect(throws: Failure.self) {
                _ = try await query("INSERT INTO t VALUES (1)", [:], ["writes": true], in: workspace)
            }
            #expect(try String(contentsOfFile: outside, encoding: .utf8) == "kept")
        }
    }

    /// Somebody swaps a directory for a link to the outside, again and again, while a database in it is read.
    @Test func aLinkThatIsSwappedInLeadsNowhere() async throws {
        try await withTemporaryWorkspace(["dir/keep": "", "swap": ""]) { workspace in
            for (place, text) in [("dir", "inside"), ("../out", "secret")] {
                try FileManager.default.createDirectory(
                    atPath: "\(workspace.path)/\(place)",
                    withIntermediateDirectories: true
                )
                try await sqlite(
                    "CREATE TABLE t (a); INSERT INTO t VALUES ('\(text)');",
                    "\(place)/a.db",
                    in: workspace
                )
            }
            let path = workspace.path
            try FileManager.default.removeItem(atPath: "\(path)/swap")
            symlink("../out", "\(path)/swap")
            async let swaps: Void = Self.swap("\(path)/swap", "\(path)/dir", times: 20_000)
            var answers = 0
            for _ in 0..<200 {
                let text = try? await query("SELECT a FROM t", ["path": "dir/a.db"], in: workspace)
                answers += text == nil ? 0 : 1
                #expect(text?.contains("secret") != true)
            }
            await swaps
            #expect(answers > 0)
        }
    }

    /// Lets two names change places, again and again.
    @concurrent private static func swap(_ one: String, _ other: String, times: Int) async {
        for _ in 0..<times {
            _ = rename(one, one + ".tmp") + rename(other, one) + rename(one + ".tmp", other)
        }
    }

    private static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

    @Test(.timeLimit(.minutes(5))) func aQueryEndsInTime() async throws {
        try await withDatabase { workspace in
            let message = "The query was still running after 200ms and was ended."
            await #expect(throws: Failure(.timedOut, message)) {
                _ = try await query(Self.endless, [:], ["timeout": "200ms"], in: workspace)
            }
            let all = "DELETE FROM person; \(Self.endless)"
            await #expect(throws: Failure(.timedOut, message)) {
                _ = try await query(all, [:], ["timeout": "200ms", "writes": true], in: workspace)
            }
            let left = try await query("SELECT count(*) AS n FROM person", in: workspace)
            #expect(left == "n\n-\n2\n[1 row.]")
        }
    }

    @Test(.timeLimit(.minutes(5))) func aQueryEndsWhenNobodyWaitsForIt() async throws {
        try await withDatabase { workspace in
            let work = Task { try await query(Self.endless, [:], ["timeout": "10m"], in: workspace) }
            try await Task.sleep(for: .milliseconds(50))
            work.cancel()
            let failure = await #expect(throws: Failure.self) { _ = try await work.value }
            #expect(failure == Failure(.cancelled, "The query was ended because the work was cancelled."))
        }
    }

    @Test func muchIsCut() async throws {
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT "
        try await withDatabase { workspace in
            let most: JSONValue = ["max_output": "1 kB"]
            let table = try await query(many + "i, 'some text' AS t FROM n", ["rows": 1000], most, in: workspace)
            #expect(table.utf8.count < 1_300)
            #expect(table.contains("; there are more.]"))
            let json = try await query(many + "i FROM n", ["rows": 1000, "format": "json"], most, in: workspace)
            #expect(json.contains(#""more":true"#))
            #expect(json.utf8.count < 1_300)
            let long = try await query("SELECT printf('%.*c', 100000, 'x') AS x", in: workspace)
            #expect(long.utf8.count < 1_000)
            let whole = try await query("SELECT printf('%.*c', 100000, 'x') AS x", ["format": "json"], in: workspace)
            #expect(whole.contains("xxx… (100000 bytes)"))
            #expect(whole.utf8.count < 4_100)
            let huge = await #expect(throws: Failure.self) {
                _ = try await query("SELECT zeroblob(1000000000)", in: workspace)
            }
            #expect(huge?.message == "SQLite refuses: string or blob too big.")
        }
    }

    @Test(
        arguments: [
            (["timeout": "0s"], "Field 'timeout' must be more than '0s' and at most '10m', but is '0s'."),
            (["timeout": "11m"], "Field 'timeout' must be more than '0s' and at most '10m', but is '11m'."),
            (["max_output": "10 B"], "Field 'max_output' must be at least '1 kB', but is '10 B'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) throws {
        let settings = try SQLQueryTool.Settings(json: settings)
        #expect(throws: Failure(.invalidInput, message)) { try SQLQueryTool(settings: settings) }
    }
}
