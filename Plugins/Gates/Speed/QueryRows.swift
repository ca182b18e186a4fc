import CCrypto
import PipelineKit

/// The rows that a query gave, counted and told apart from others.
struct QueryRows: Sendable, Hashable {
    let count: Int
    /// SHA-256 of all that was printed, 64 hexadecimal digits.
    let digest: String

    /// - Parameter end: The byte that ends a row.
    init(_ output: [UInt8], endedBy end: UInt8) {
        let open = output.last.map { $0 != end } ?? false
        count = output.count { $0 == end } + (open ? 1 : 0)
        var hash = [UInt8](repeating: 0, count: 32)
        sluice_sha256(output, output.count, &hash)
        digest = hash.hexadecimal
    }
}

extension QueryRows: CustomStringConvertible {
    /// `1 row`, `12 rows`
    var description: String { count == 1 ? "1 row" : "\(count) rows" }
}
