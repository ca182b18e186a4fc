import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

@testable import SpeedGate

/// Queries of real databases, asked by the real sqlite3.
@Suite(.serialized, .enabled(if: GateTrial.has("sqlite3"))) struct SQLBenchmarkGateTests {
    private static let settings: [String: JSONValue] = [
        "database": "shop.db", "query": "SELECT name FROM items WHERE price > 1 ORDER BY id", "max_ms": 60_000,
        "expected_rows": 2,
    ]

    /// Judges a query of a shop that sells three things.
    private func judge(
        _ settings: [String: JSONValue] = [:],
        without: String = "",
        files: [String: String] = [:]
    ) async throws -> Verdict {
        var all = Self.settings.merging(settings) { $1 }
        for name in without.split(separator: " ") { all[String(name)] = nil }
        let gate = try SQLBenchmarkGate(settings: .init(json: .object(all)))
        return try await withTemporaryWorkspace(files) { workspace in
            let lines =
                "CREATE TABLE items(id INTEGER PRIMARY KEY, name, price);"
                + "INSERT INTO items VALUES (1, 'a', 1), (2, 'b' || char(10) || 'c', 2), (3, NULL, 3);"
            _ = try await run(Command("sqlite3", ["shop.db", lines], in: workspace.path))
            return try await withTemporaryWorkspace { scratch in
                try await gate.judge(workspace, in: GateContext(scratch: { scratch.path }))
            }
        }
    }

    private func failure(_ settings: [String: JSONValue], without: String = "", files: [String: String] = [:])
        async throws -> Failure?
    {
        do {
            _ = try await judge(settings, without: without, files: files)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    @Test func keepsTheGatesPromises() async throws {
        let settings: JSONValue = ["command": "echo one", "max_ms": 60_000, "expected_rows": 1]
        try await expectConformance(
            of: SQLBenchmarkGate.self,
            settings: settings,
            required: ["max_ms", "expected_rows"]
        )
    }

    @Test func rowsAreCountedAndThePlanIsNamed() async throws {
        let verdict = try await judge()
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason.hasPrefix("The query takes "))
        #expect(verdict.reason.hasSuffix(", at most 60.0 s."))
        #expect(verdict.metrics["rows"] == 2)
        #expect(verdict.details.contains("\n2 rows with the SHA-256 "))
        #expect(verdict.details.hasSuffix("\nQUERY PLAN\n`--SCAN items\n"))
    }

    @Test func theDigestThatAVerdictNamesIsTheOneItTakes() async throws {
        let words = try await judge().details.split(separator: "\n")
        let line = try #require(words.first { $0.hasPrefix("2 rows with") })
        let digest = String(line.suffix(64))
        #expect(try await judge(["expected_digest": .string(digest)]).outcome == .passed)
        let other = String(repeating: "0", count: 64)
        let verdict = try await judge(["expected_digest": .string(other)])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The query gives other rows: their SHA-256 is \(digest), not \(other).")
    }

    @Test func otherRowsAreNotTheAnswer() async throws {
        let verdict = try await judge(["query": "SELECT 1 FROM items LIMIT 1"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "The query gives 1 row, not 2.")
    }

    @Test func aSlowQueryDoesNotHold() async throws {
        let count = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300000) "
        let verdict = try await judge([
            "query": .string(count + "SELECT max(x) FROM c, items"), "expected_rows": 1, "max_ms": 1,
        ])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasSuffix(", not at most 1.00 ms."))
        #expect(verdict.details.contains("SEARCH items"))
    }

    @Test(arguments: ["VALUES ('b'), (NULL)", "SELECT 1", "SELECT 1 UNION ALL SELECT 2"])
    func anAnswerThatIsWrittenDownIsNoQuery(query: String) async throws {
        let verdict = try await judge(["query": .string(query), "expected_rows": 2])
        #expect(verdict.reason == "The query reads no table.")
    }

    @Test(
        arguments: [
            ("SELECT * FROM nowhere", 1, "no such table: nowhere"), ("DELETE FROM items", 8, "readonly database"),
            ("ATTACH 'other.db' AS o", 1, "in safe mode"), (".shell touch made", 1, "syntax error"),
            ("SELECT load_extension('x')", 1, "in safe mode"),
        ] as [(String, Int, String)]
    )
    func whatIsNoQueryFails(query: String, status: Int, words: String) async throws {
        let verdict = try await judge(["query": .string(query), "expected_rows": 9])
        #expect(verdict.outcome == .failed)
        #expect(verdict.details.contains(words))
        #expect(verdict.reason == "The query exited with \(status) in warm-up 1.")
    }

    @Test func wordsThatLookLikeAnOptionAreNone() async throws {
        #expect(try await judge(["query": "--version"]).reason == "The query gives 0 rows, not 2.")
    }

    @Test func aQueryThatHangsIsEnded() async throws {
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT count(*) FROM c, items"
        let failure = try await failure(["query": .string(endless), "timeout": "2s"])
        #expect(failure == Failure(.timedOut, "The query was still running after 2s in warm-up 1, and was ended."))
    }

    @Test func aQueryMayStandInAFile() async throws {
        let files = ["sql/q.sql": "-- both\nSELECT id FROM items\nWHERE price > 1;\n"]
        let verdict = try await judge(["query_file": "sql/q.sql"], without: "query", files: files)
        #expect(verdict.outcome == .passed)
        let failure = try await failure(["query_file": "../q.sql"], without: "query")
        #expect(
            failure
                == Failure(.invalidInput, "Field 'query_file' names '../q.sql', which is no file of the workspace.")
        )
    }

    @Test func anyOtherDatabaseIsAskedByACommand() async throws {
        let verdict = try await judge(["command": "echo one; echo two"], without: "database query")
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason.hasPrefix("'echo one; echo two' takes "))
        let broken = try await judge(["command": "echo no >&2; exit 3"], without: "database query")
        #expect(broken.reason == "'echo no >&2; exit 3' exited with 3 in warm-up 1.")
        #expect(broken.details == "no\n")
    }

    @Test func aDatabaseThatIsNotThereIsMissing() async throws {
        let failure = try await failure(["database": "other.db"])
        #expect(
            failure
                == Failure(
                    .missing,
                    "The database 'other.db' is not there. One that git ignores is not in the tree that is judged: "
                        + "give its absolute path, and name it under 'workspace: readable:'."
                )
        )
    }

    @Test func aProgramThatIsNotThereIsMissing() async throws {
        let failure = try await failure(["program": "sqlite9"])
        #expect(
            failure == Failure(.missing, "The program 'sqlite9' that 'program:' names was not found in PATH.")
        )
    }

    @Test(arguments: ["shop.db", "data/shop.sqlite3", "shop.db-wal"]) func theDataMayNotBeChanged(path: String)
        async throws
    {
        let start = [path: "rows\n", "q.sql": "old\n"]
        let work: [String: String?] = [path: "fewer rows\n", "q.sql": "new\n"]
        #expect(
            try await GateTrial.refused(under: SQLBenchmarkGate.protection, start: start, work: work) == [path]
        )
    }

    @Test(
        arguments: [
            (["max_ms": 0], "", "Field 'max_ms' must be more than 0, but is 0.0."),
            (["expected_rows": -1], "", "Field 'expected_rows' must be 0 or more, but is -1."),
            (
                ["expected_digest": "12"], "",
                "Field 'expected_digest' must be the 64 hexadecimal digits of a SHA-256, but is '12'."
            ),
            (["command": "x"], "", "Field 'command' asks by itself; leave 'database' and the query out."),
            (["command": " "], "database query", "Field 'command' must be a command line, but is empty."),
            ([:], "database", "Field 'database' must name an SQLite file; for any other database give a 'command'."),
            ([:], "query", "Give either 'query' or 'query_file'."),
            (["query_file": "q"], "", "Give either 'query' or 'query_file'."),
            (["runs": 1], "", "Field 'runs' must be from 5 to 100, but is 1: fewer cannot tell speed from noise."),
            (["timeout": "0s"], "", "Field 'timeout' must be longer than 0s."),
        ] as [([String: JSONValue], String, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: [String: JSONValue], without: String, message: String) throws {
        var all = Self.settings.merging(settings) { $1 }
        for name in without.split(separator: " ") { all[String(name)] = nil }
        #expect(try GateTrial.refusal(of: SQLBenchmarkGate.self, .object(all)) == message)
    }
}
