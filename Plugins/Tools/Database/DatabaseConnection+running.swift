import CSQLite
import PipelineKit

/// How much of the rows is kept.
struct ResultLimits: Sendable {
    /// Of each statement.
    var rows: Int
    /// Of all statements, about as they are written.
    var bytes: Int
    var format: SQLQueryTool.Format

    /// Statements of a call.
    static let statements = 100
}

extension DatabaseConnection {
    /// Runs the statements of a text one after another: all of them, or none.
    func run(_ sql: String, _ parameters: SQLParameters, _ limits: ResultLimits) throws(Failure) -> [StatementResult] {
        guard !watch.isOver else { throw failure(SQLITE_INTERRUPT) }
        try own("BEGIN")
        do throws(Failure) {
            var (results, rest, room) = ([StatementResult](), parameters, limits)
            try forEachStatement(of: sql) { statement throws(Failure) in
                guard results.count < ResultLimits.statements else {
                    throw Failure(.invalidInput, "A call runs at most \(ResultLimits.statements) statements.")
                }
                try rest.bind(to: statement)
                let result = try self.result(of: statement, room, sql)
                room.bytes -= result.bytes
                results.append(result)
                return true
            }
            try rest.expectNone()
            try own("COMMIT")
            return results
        } catch {
            // Some failures have ended the transaction already.
            if sqlite3_get_autocommit(handle) == 0 { try? own("ROLLBACK") }
            throw error
        }
    }

    /// Whether each statement can be read, and changes nothing; the first that does ends the search.
    func onlyReads(_ sql: String) -> Bool {
        permit.isOwn = true  // whether it is permitted is told when it is run
        var onlyReads = true
        do throws(Failure) {
            try forEachStatement(of: sql) { statement throws(Failure) in
                onlyReads = sqlite3_stmt_readonly(statement) != 0
                return onlyReads
            }
        } catch {
            return false
        }
        return onlyReads
    }

    private func own(_ sql: String) throws(Failure) {
        permit.isOwn = true
        defer { permit.isOwn = false }
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// - Parameter body: Returns whether to go on.
    private func forEachStatement(of sql: String, _ body: (OpaquePointer) throws(Failure) -> Bool) throws(Failure) {
        var rest = Array(sql.utf8)[...]
        while !rest.isEmpty {
            var prepared: OpaquePointer?
            var read = 0
            let code = rest.withUnsafeBytes { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v2(handle, start, Int32(bytes.count), &prepared, &tail)
                if let start, let tail { read = tail - start }
                return code
            }
            defer { sqlite3_finalize(prepared) }
            guard code == SQLITE_OK else { throw failure(code, in: String(decoding: rest, as: UTF8.self)) }
            // A NUL ends the text for SQLite.
            guard read > 0 else { return }
            rest = rest.dropFirst(read)
            guard let prepared else { continue }  // nothing but space or a comment
            guard try body(prepared) else { return }
        }
    }

    private func result(of statement: OpaquePointer, _ limits: ResultLimits, _ sql: String) throws(Failure)
        -> StatementResult
    {
        guard permit.writes || sqlite3_stmt_readonly(statement) != 0 else {
            throw Failure(.denied, DatabasePermit.onlyReading)
        }
        let before = sqlite3_total_changes64(handle)
        var result = StatementResult(statement)
        while true {
            let code = sqlite3_step(statement)
            guard code != SQLITE_DONE else { break }
            guard code == SQLITE_ROW else { throw failure(code) }
            guard result.rows.count < limits.rows, result.bytes < limits.bytes else {
                result.hasMore = true
                // The changes of a statement that returns rows have all been made by its first step.
                break
            }
            result.append(statement, limits)
        }
        if sqlite3_stmt_readonly(statement) == 0 { result.changed = Int(sqlite3_total_changes64(handle) - before) }
        return result
    }
}
