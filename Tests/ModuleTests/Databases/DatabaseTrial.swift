import DatabaseTool
import Foundation
import PipelineKit
import PipelineTesting
import ProcessKit
import Testing

/// What tests of databases have in common: one that the program sqlite3 makes, and the tool.
protocol DatabaseTrial {}

extension DatabaseTrial {
    static var people: String {
        """
        CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT UNIQUE, height REAL, photo BLOB);
        INSERT INTO person VALUES (1, 'Ada', 1.65, x'89504e47'), (20, 'Grace' || char(10) || 'Hopper', NULL, NULL);
        CREATE VIEW names AS SELECT name FROM person;
        CREATE TABLE log (text); CREATE TRIGGER logs AFTER DELETE ON person BEGIN INSERT INTO log VALUES (old.name); END;
        """
    }

    func tool(_ settings: JSONValue = [:]) throws -> ConfiguredTool {
        var registry = Registry()
        registry.add(SQLQueryTool.self)
        return try #require(registry.tools["sql_query"]).make(settings)
    }

    func query(
        _ sql: String,
        _ more: [String: JSONValue] = [:],
        _ settings: JSONValue = [:],
        in workspace: Workspace
    ) async throws -> String {
        let arguments = ["path": "a.db", "sql": .string(sql)].merging(more) { $1 }
        return try await tool(settings).call(.object(arguments), ToolContext(workspace: workspace)).text
    }

    /// Lends a workspace with the database `a.db`, which the program sqlite3 has made.
    func withDatabase(_ sql: String = Self.people, _ body: (Workspace) async throws -> Void) async throws {
        try await withTemporaryWorkspace { workspace in
            try await sqlite(sql, in: workspace)
            try await body(workspace)
        }
    }

    @discardableResult
    func sqlite(_ sql: String, _ file: String = "a.db", in workspace: Workspace) async throws -> String {
        let command = Command("sqlite3", ["-bail", file], in: workspace, input: Array(sql.utf8))
        let finished = try await run(command)
        try #require(finished.status == 0, "\(finished.errors.text)")
        return finished.output.text
    }
}

/// What stands in the workspace and beside it.
struct Surround: Equatable {
    let tree: FileTree
    init(_ workspace: Workspace) throws {
        tree = try FileTree((workspace.path as NSString).deletingLastPathComponent)
    }
}
