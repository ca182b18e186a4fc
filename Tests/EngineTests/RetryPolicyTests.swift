import PipelineEngine
import PipelineKit
import Testing

struct RetryPolicyTests {
    let policy = RetryPolicy(attempts: 4, base: .seconds(2), longest: .seconds(6), longestAsked: .seconds(300))

    @Test(arguments: [
        (Failure.Kind.unavailable, true), (.rateLimited, true), (.timedOut, true),
        (.invalidInput, false), (.missing, false), (.denied, false), (.cancelled, false),
    ])
    func onlyWhatMayPassIsTriedAgain(kind: Failure.Kind, isRetried: Bool) {
        #expect((policy.delay(after: 1, failure: Failure(kind, "No."), random: 0.5) != nil) == isRetried)
    }

    @Test(arguments: [
        (1, 0, Duration.seconds(1)), (1, 1, .seconds(2)), (2, 0, .seconds(2)), (2, 1, .seconds(4)),
        (3, 0, .seconds(3)), (3, 1, .seconds(6)),
    ])
    func theWaitDoublesUpToItsLimit(attempt: Int, random: Double, delay: Duration) {
        #expect(policy.delay(after: attempt, failure: Failure(.unavailable, "No."), random: random) == delay)
    }

    @Test func theLastAttemptIsTheLast() {
        #expect(policy.delay(after: 4, failure: Failure(.unavailable, "No."), random: 0) == nil)
        #expect(policy.delay(after: .max, failure: Failure(.unavailable, "No."), random: 0) == nil)
    }

    @Test(arguments: [
        (0, 0, Duration.zero), (7, 0, .seconds(7)), (7, 1, .seconds(8)), (300, 1, .seconds(301)),
        (-1, 0, .seconds(1)), (.nan, 0, .seconds(1)),
    ])
    func theOtherSideMaySayHowLong(asked: Double, random: Double, delay: Duration) {
        let failure = Failure(.rateLimited, "Later.", retryAfter: asked)
        #expect(policy.delay(after: 1, failure: failure, random: random) == delay)
    }

    @Test(arguments: [301, 1_000, .infinity] as [Double])
    func nobodyComesBackBeforeTheTimeThatWasAskedFor(asked: Double) {
        let failure = Failure(.rateLimited, "Tomorrow.", retryAfter: asked)
        #expect(policy.delay(after: 1, failure: failure, random: 0) == nil)
    }

    @Test(arguments: [-3, 5, .nan, .infinity] as [Double])
    func aRandomNumberOutOfRangeDoesNoHarm(random: Double) throws {
        let delay = try #require(policy.delay(after: 1, failure: Failure(.unavailable, "No."), random: random))
        #expect(.seconds(1)...(.seconds(2)) ~= delay)
    }

    @Test func manyAttemptsDoNotOverflow() {
        let patient = RetryPolicy(attempts: 10_000)
        #expect(patient.delay(after: 9_000, failure: Failure(.unavailable, "No."), random: 1) == .seconds(60))
    }

    @Test func whatWasNotTriedIsNoAttempt() {
        let postponed = Failure(.unavailable, "Left alone.", retryAfter: 30, isPostponed: true)
        #expect(policy.delay(after: 400, failure: postponed, random: 1) == .seconds(31))
    }

    @Test func whoHasAStandInDoesNotWaitLong() {
        let (short, policy) = (RetryPolicy.beforeFallback, RetryPolicy())
        for (asked, isWaited) in [(9.0, true), (11.0, false)] {
            let failure = Failure(.rateLimited, "Later.", retryAfter: asked)
            #expect((short.delay(after: 1, failure: failure, random: 0) != nil) == isWaited)
            #expect(policy.delay(after: 1, failure: failure, random: 0) != nil)
        }
        #expect(short.delay(after: 2, failure: Failure(.unavailable, "No."), random: 0) == nil)
    }
}
