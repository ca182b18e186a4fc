import PipelineKit

/// Exchanges that wait until their host has a place for them, in the order they came.
///
/// Every transfer has a socket of its own with HTTP/1.1, and a process often may have 1,024 of them in all.
struct TransferQueue {
    private struct Line {
        var underWay = 0
        var waiting: ArraySlice<Exchange> = []
    }

    private var lines: [String: Line] = [:]

    /// - Returns: whether the exchange has a place, which it must ``leave(_:)``; else it waits for one.
    mutating func enter(_ exchange: Exchange) -> Bool {
        var line = lines.removeValue(forKey: exchange.target.host) ?? Line()
        defer { lines[exchange.target.host] = line }
        guard line.underWay < CurlTransport.placesOfHost else {
            line.waiting.append(exchange)
            return false
        }
        line.underWay += 1
        return true
    }

    /// Gives a place back.
    ///
    /// - Returns: who has it from now on.
    mutating func leave(_ host: String) -> Exchange? {
        if let next = lines[host]?.waiting.popFirst() { return next }
        lines[host]?.underWay -= 1
        if lines[host]?.underWay == 0 { lines[host] = nil }
        return nil
    }

    /// An exchange that is over does not wait any more.
    mutating func forget(_ exchange: Exchange) {
        lines[exchange.target.host]?.waiting.removeAll { $0 === exchange }
    }

    /// All who wait, from then on for nothing.
    mutating func takeAll() -> [Exchange] {
        lines.keys.flatMap { host in
            defer { lines[host]?.waiting = [] }
            return lines[host]?.waiting ?? []
        }
    }

    /// Takes those whose time is over.
    mutating func takeLate(at now: ContinuousClock.Instant) -> [Exchange] {
        lines.keys.flatMap { host in
            defer { lines[host]?.waiting.removeAll { $0.deadline <= now } }
            return lines[host]?.waiting.filter { $0.deadline <= now } ?? []
        }
    }

    /// When the first of those who wait is out of time.
    var deadline: ContinuousClock.Instant? {
        lines.values.lazy.compactMap { $0.waiting.lazy.map(\.deadline).min() }.min()
    }
}
