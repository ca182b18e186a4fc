public import PipelineKit

/// How often each of many may do something: so many at once, and then as many a second.
///
/// A value without a clock. Of each one a single number is kept, the moment at which its bucket will be full again (the
/// generic cell rate algorithm, ITU-T I.371). Those who came longest ago are forgotten when there are too many.
public struct TokenBuckets: Sendable {
    /// Microseconds since 1970.
    private typealias Moment = Int

    /// Microseconds for one token.
    private let interval: Int
    /// Microseconds for a full bucket.
    private let depth: Int
    private let most: Int
    /// Who came lately, and who came before them; together never more than `most`.
    private var recent: [String: Moment] = [:]
    private var earlier: [String: Moment] = [:]

    /// - Parameters:
    ///   - rate: Tokens a second, from 1 to 1,000,000.
    ///   - burst: Tokens of a full bucket, from 1 to 1,000,000.
    ///   - most: How many are remembered at once.
    public init(rate: Int, burst: Int, most: Int = 20_000) {
        interval = 1_000_000 / min(max(rate, 1), 1_000_000)
        depth = interval * min(max(burst, 1), 1_000_000)
        self.most = most
    }

    /// How many are remembered.
    var count: Int { recent.count + earlier.count }

    /// Takes a token.
    ///
    /// - Returns: how long to wait for the next one when there is none; `nil` when one was taken.
    public mutating func take(_ name: String, at now: Instant) -> Duration? {
        let now = now.milliseconds &* 1_000
        // A clock that was set back must not keep anybody waiting for longer than an empty bucket does.
        let known = recent[name]
        let full = min(max(known ?? earlier[name] ?? now, now), now + depth)
        let next = full + interval
        let isThere = next - now <= depth
        let moment = isThere ? next : full
        if known == nil { begin(name, moment) } else { recent[name] = moment }
        return isThere ? nil : .microseconds(next - now - depth)
    }

    private mutating func begin(_ name: String, _ moment: Moment) {
        if recent.count >= max(1, most / 2) {
            earlier = recent
            recent = [:]
        }
        recent[name] = moment
        earlier[name] = nil
    }
}
