import PipelineEngine
import PipelineKit
import Synchronization

/// The rows that were asked for lately, as JSON.
///
/// Clients of retrAI ask for the same run again and again; as long as its row is the same, so is what they are told.
final class RenderedRows: Sendable {
    private let known = Mutex<[RunID: (row: RunSummary, json: [UInt8])]>([:])

    /// Rows that are remembered; some hundred kilobytes.
    private static let most = 128

    func json(of row: RunSummary) -> [UInt8] {
        if let last = known.withLock({ $0[row.run] }), last.row == row { return last.json }
        var writer = JSONWriter(capacity: 512)
        RunRow(row).writeWhole(to: &writer)
        let json = writer.bytes
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[row.run] = (row, json)
        }
        return json
    }
}
