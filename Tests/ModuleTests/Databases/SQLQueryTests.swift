import DatabaseTool
import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What is told of a database, what is refused, and that nothing else is touched.
struct SQLQueryTests: DatabaseTrial {
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

    static let onlyReads =
        "The statement writes, and 'sql_query' only reads here; the setting 'writes: true' permits more."
    static let transactions =
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
}
