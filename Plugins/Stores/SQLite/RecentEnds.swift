import PipelineEngine
import PipelineKit

/// Where the histories end that were written to last, so that one that grows by itself is not looked up with every event.
///
/// It holds as long as no other process writes to the file.
struct RecentEnds {
    /// Where a history ends, and the key of its run.
    struct End {
        var key: Int
        var sequence: Int
    }

    private var known: [RunID: End] = [:]
    /// Which state of the file all that is known was read from.
    fileprivate var version: UInt32?

    /// Runs that are remembered; some hundred kilobytes.
    private static let most = 4_096

    subscript(run: RunID) -> End? {
        get { known[run] }
        set {
            if known.count >= Self.most { known = [:] }
            known[run] = newValue
        }
    }
}

extension SQLiteConnection {
    /// Forgets what another process may have changed; to be called at the beginning of a transaction that writes.
    func noticeOthers() {
        if ends.version != dataVersion { ends = RecentEnds() }
    }

    /// What is known is so after this connection's own commit, too.
    func noteCommit() { ends.version = dataVersion }

    /// Where a history ends; `nil` for an unknown run.
    func end(of run: RunID) throws(StoreError) -> RecentEnds.End? {
        if let known = ends[run] { return known }
        let sql =
            "SELECT key, sequence, (SELECT max(sequence) FROM event WHERE run = key) AS last FROM run WHERE id = ?"
        let found = try rows(sql, [.text(run.value)], of: "run '\(run)'") { row throws(StoreError) in
            let (listed, last) = (try row.integer(1), try row.integer(2))
            guard last >= listed else { throw row.unexpected(2, "\(listed) or more, as its row says") }
            return RecentEnds.End(key: try row.integer(0, from: .min), sequence: last)
        }
        if let end = found.first { ends[run] = end }
        return found.first
    }
}
