import PipelineKit

/// What the details of runs say that were read lately.
///
/// Clients ask for the same run again and again; as long as its row is the same, byte by byte, it is not parsed again.
struct RecentDetails {
    private var known: [RunID: (text: [UInt8], value: JSONValue)] = [:]

    /// Runs that are remembered; some hundred kilobytes.
    private static let most = 128

    /// - Returns: `nil` for what is no JSON.
    mutating func value(of text: [UInt8], for run: RunID) -> JSONValue? {
        if let last = known[run], last.text == text { return last.value }
        guard let value = try? JSONValue(parsing: text) else { return nil }
        if known.count >= Self.most { known = [:] }
        known[run] = (text, value)
        return value
    }
}
