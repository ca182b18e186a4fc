import DatabaseTool
import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What a query cannot do: write where it only reads, reach elsewhere, go on for ever.
struct SQLConfinementTests: DatabaseTrial {
    @Test(
        arguments: [false, true],
        [
            ("VACUUM", "SQLite refuses: cannot VACUUM from within a transaction."),
            ("VACUUM INTO '../copy.db'", "SQLite refuses: cannot VACUUM from within a transaction."),
            ("PRAGMA main.journal_mode = DELETE", "The pragma 'journal_mode' can be read here, and not set."),
            (
                "PRAGMA writable_schema = on",
                "The pragma 'writable_schema' is none of those that only read: application_id, auto_vacuum, collation_list, "
                    + "compile_options, encoding, foreign_key_check, foreign_key_list, foreign_keys, freelist_count, "
                    + "function_list, index_info, index_list, index_xinfo, integrity_check, journal_mode, module_list, "
                    + "page_count, page_size, quick_check, schema_version, table_info, table_list, table_xinfo, user_version."
            ),
        ]
    )
    func whatCouldReachElsewhereIsRefused(writes: Bool, _ refused: (sql: String, message: String)) async throws {
        try await withDatabase { workspace in
            let before = try Surround(workspace)
            let failure = await #expect(throws: Failure.self) {
                _ = try await query(refused.sql, [:], ["writes": .bool(writes)], in: workspace)
            }
            let isVacuum = refused.sql.hasPrefix("VACUUM")
            #expect(failure?.message == (isVacuum && !writes ? SQLQueryTests.onlyReads : refused.message))
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
        }
    }

    @Test(arguments: [
        (
            "DELETE FROM t; INSERT INTO t VALUES (1), (1)", Failure.Kind.invalidInput,
            "SQLite refuses: UNIQUE constraint failed: t.a."
        ),
        (
            "DELETE FROM t; SELECT x", .invalidInput,
            "SQLite refuses: no such column: x.\n   SELECT x\n          ^"
        ),
        (
            "DELETE FROM t; SELECT ?", .invalidInput,
            "The statements have more placeholders than the 0 that 'parameters' has values for."
        ),
        (
            "DELETE FROM t;" + String(repeating: "SELECT 1;", count: 100), .invalidInput,
            "A call runs at most 100 statements."
        ),
        ("DELETE FROM t; COMMIT", .denied, SQLQueryTests.transactions),
        ("INSERT INTO part VALUES (7)", .invalidInput, "SQLite refuses: FOREIGN KEY constraint failed."),
    ])
    func whatFailsChangesNothing(sql: String, kind: Failure.Kind, message: String) async throws {
        let tables = """
            CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES ('x');
            CREATE TABLE part (a REFERENCES person (id));
            """
        try await withDatabase(Self.people + tables) { workspace in
            await #expect(throws: Failure(kind, message)) {
                _ = try await query(sql, [:], ["writes": true], in: workspace)
            }
            #expect(try await sqlite("SELECT a FROM t", in: workspace) == "x\n")
            let left = try FileTree(workspace.path).entries.keys.sorted()
            #expect(left == ["a.db"])
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
            async let swaps: Void = EscapeTests.swap("\(path)/swap", "\(path)/dir", times: 20_000)
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
            let wide = (0..<500).map { "printf('%.*c', 5000, 'x') AS x\($0)" }.joined(separator: ",")
            for format in ["table", "json"] as [JSONValue] {
                let row = try await query("SELECT \(wide)", ["format": format], in: workspace)
                #expect(row.utf8.count < 150_000, "\(format)")
                let texts = try await query(
                    many + "printf('%.*c', 3000, 'x') AS x FROM n",
                    ["format": format],
                    in: workspace
                )
                #expect(texts.utf8.count < 40_000, "\(format)")
            }
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
