public import PipelineKit
import Synchronization

/// Refuses who asks too often, with 429 and `Retry-After` (RFC 6585, section 4).
///
/// Who has said who they are has a bucket under that name, everybody else one under their address.
public final class RateLimit: Sendable {
    private let buckets: Mutex<TokenBuckets>
    private let rate: Int
    private let now: @Sendable () -> Instant

    /// - Parameters:
    ///   - rate: Requests a second, from 1.
    ///   - burst: Requests at once after a pause.
    public init(rate: Int, burst: Int, now: @escaping @Sendable () -> Instant) {
        buckets = Mutex(TokenBuckets(rate: rate, burst: burst))
        self.rate = rate
        self.now = now
    }

    public var middleware: Middleware {
        Middleware(admit: { request throws(HTTPError) in
            try self.count(request.principal.map { "key \($0.name)" } ?? request.address, "requests")
        })
    }

    /// - Parameter subject: What there are too many of: `requests`.
    /// - Throws: 429.
    func count(_ name: String, _ subject: String) throws(HTTPError) {
        let now = now()
        guard let wait = buckets.withLock({ $0.take(name, at: now) }) else { return }
        let seconds = Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0)
        throw HTTPError(
            .tooManyRequests,
            "Too many \(subject): more than \(rate) a second. Try again in \(seconds) s.",
            code: "too_many_requests",
            headers: ["retry-after": "\(seconds)"]
        )
    }
}

extension HTTPRequest {
    /// What stands for the other side where it has not said who it is: an IPv4 address, or the 64 bits of an IPv6
    /// address that one customer is given (RFC 6177) and can change the rest of at will.
    var address: String {
        guard peer.contains(":"), !peer.hasPrefix("::ffff:") else { return peer }
        let halves = peer.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map {
            $0.split(separator: ":")
        }
        let zeroes = halves.count == 2 ? max(0, 8 - halves[0].count - halves[1].count) : 0
        let groups = halves[0] + Array(repeating: "0", count: zeroes) + (halves.count == 2 ? halves[1] : [])
        return groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
