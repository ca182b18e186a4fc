import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit

/// What asks a database: the program `sqlite3`, or a command line for any other.
enum QueryProgram: Sendable {
    /// https://www.sqlite.org/cli.html
    case sqlite(program: String, database: String, query: String)
    case line(String)

    /// How people call what is measured.
    var title: String {
        switch self {
        case .sqlite: "The query"
        case .line(let line): "'\(line)'"
        }
    }

    /// The byte that ends a row: the record separator of sqlite3's mode `ascii`, which stands in no text, or a line feed.
    var end: UInt8 {
        switch self {
        case .sqlite: 0x1E
        case .line: UInt8(ascii: "\n")
        }
    }

    func command(in workspace: Workspace) -> Command {
        switch self {
        case .sqlite(_, _, let query): sqlite(query, in: workspace) ?? .shell("", in: workspace)
        case .line(let line):
            Command("/bin/sh", ["-c", line], in: workspace, limit: Self.limit, output: .separate)
        }
    }

    /// The same program with nothing to do but to open the database; `nil` where nobody knows how.
    func start(in workspace: Workspace) -> Command? { sqlite("SELECT count(*) FROM sqlite_schema", in: workspace) }

    /// What tells how the database goes about it; https://www.sqlite.org/eqp.html.
    func plan(in workspace: Workspace) -> Command? {
        guard case .sqlite(_, _, let query) = self else { return nil }
        return sqlite("EXPLAIN QUERY PLAN\n\(query)", in: workspace, mode: [])
    }

    /// Bytes of rows that are read.
    static let limit = OutputLimit(head: 64 << 20, tail: 0)

    private func sqlite(_ query: String, in workspace: Workspace, mode: [String] = ["-ascii"]) -> Command? {
        guard case .sqlite(let program, let database, _) = self else { return nil }
        // Nothing of the person's settings, no changes, none of the shell's own commands. Words that begin with a line
        // feed are neither an option nor one of those.
        let words = ["-safe", "-readonly", "-batch", "-bail", "-init", "/dev/null"] + mode + [database, "\n\(query)"]
        return Command(program, words, in: workspace, limit: Self.limit, output: .separate)
    }
}
