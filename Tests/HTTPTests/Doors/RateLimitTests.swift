import PipelineKit
import Testing

@testable import HTTPKit

/// How often somebody may ask.
struct RateLimitTests {
    private func instant(_ milliseconds: Int) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func aBucketGivesItsBurstAndThenItsRate() {
        var buckets = TokenBuckets(rate: 10, burst: 3)
        for _ in 0..<3 { #expect(buckets.take("a", at: instant(0)) == nil) }
        #expect(buckets.take("a", at: instant(0)) == .milliseconds(100))
        #expect(buckets.take("a", at: instant(60)) == .milliseconds(40))
        #expect(buckets.take("a", at: instant(100)) == nil)
        #expect(buckets.take("a", at: instant(100)) == .milliseconds(100))
        #expect(buckets.take("b", at: instant(100)) == nil)
        for _ in 0..<3 { #expect(buckets.take("a", at: instant(10_000)) == nil) }
        #expect(buckets.take("a", at: instant(10_000)) != nil)
    }

    @Test func overAnyTimeNoMoreGoThroughThanTheRateAndABurst() {
        var buckets = TokenBuckets(rate: 100, burst: 20)
        let taken = (0..<10_000).filter { buckets.take("a", at: instant($0)) == nil }.count
        #expect(taken == 1_019)
    }

    @Test func aClockThatIsSetBackKeepsNobodyOut() {
        var buckets = TokenBuckets(rate: 1, burst: 2)
        _ = buckets.take("a", at: instant(3_600_000))
        #expect(buckets.take("a", at: instant(0)).map { $0 <= .seconds(1) } ?? true)
        #expect(buckets.take("a", at: instant(1_000)) == nil)
    }

    @Test func whoCameLongestAgoIsForgotten() {
        var buckets = TokenBuckets(rate: 1, burst: 1, most: 100)
        var most = 0
        for number in 0..<10_000 {
            _ = buckets.take("\(number)", at: instant(0))
            _ = buckets.take("regular", at: instant(0))
            most = max(most, buckets.count)
        }
        #expect((50...100).contains(most))
        #expect(buckets.take("regular", at: instant(0)) != nil)
        #expect(buckets.take("0", at: instant(0)) == nil)
    }

    @Test(arguments: [(0, 0), (-5, -5), (.max, .max)]) func anyNumbersMakeABucket(rate: Int, burst: Int) {
        var buckets = TokenBuckets(rate: rate, burst: burst)
        #expect(buckets.take("a", at: instant(0)) == nil)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8::1", "2001:db8:0:0::/64"),
        ("::1", "0:0:0:0::/64"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
        ("::", "0:0:0:0::/64"),
    ])
    func anAddressIsWhatOneCustomerHas(peer: String, address: String) throws {
        #expect(try request(peer: peer).address == address)
    }

    @Test func keysAndAddressesAreCountedApart() async throws {
        let watch = Watch()
        let limit = RateLimit(rate: 2, burst: 1) { watch.now }
        func come(_ key: String?, _ peer: String) async throws -> HTTPError? {
            var request = try request(peer: peer)
            request.principal = key.map { Principal(name: $0) }
            return await pass(request, through: [limit.middleware]).error
        }
        #expect(try await come("a", "192.0.2.1") == nil)
        #expect(try await come("b", "192.0.2.1") == nil)
        #expect(try await come(nil, "192.0.2.1") == nil)
        #expect(try await come(nil, "192.0.2.2") == nil)
        let refusal = HTTPError(
            .tooManyRequests,
            "Too many requests: more than 2 a second. Try again in 1 s.",
            code: "too_many_requests",
            headers: ["retry-after": "1"]
        )
        #expect(try await come("a", "192.0.2.9") == refusal)
        #expect(try await come(nil, "192.0.2.1") == refusal)
        watch.advance(.milliseconds(500))
        #expect(try await come("a", "192.0.2.9") == nil)
    }
}
