import PipelineKit
import PipelineTesting
import ProviderKit
import Synchronization
import Testing

/// A service that is down is left alone for a while.
struct CircuitBreakerTests {
    /// A service whose answers, and a clock whose time, a test sets.
    private final class Stage: HTTPTransport {
        struct State {
            var now = Instant.start
            var answer: Result<Int, Failure> = .failure(Failure(.unavailable, "No connection."))
            var sent = 0
        }
        let state = Mutex(State())

        func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
            let answer = state.withLock { state in
                state.sent += 1
                return state.answer
            }
            return TransportResponse(status: try answer.get(), headers: [:], body: TransportBody { nil })
        }

        var sent: Int { state.withLock(\.sent) }
        func answer(_ answer: Result<Int, Failure>) { state.withLock { $0.answer = answer } }
        func wait(_ time: Duration) { state.withLock { $0.now = $0.now + time } }
    }

    private let stage: Stage
    private let breaker: CircuitBreaker

    init() {
        let stage = Stage()
        self.stage = stage
        breaker = CircuitBreaker(stage) { stage.state.withLock(\.now) }
    }

    private func send(_ times: Int = 1, to url: String = "https://api.example/v1") async -> Failure? {
        var failure: Failure?
        for _ in 1...times {
            do throws(Failure) {
                _ = try await breaker.send(TransportRequest(url: url, headers: [], body: []))
                failure = nil
            } catch { failure = error }
        }
        return failure
    }

    private static let open = Failure(
        .unavailable,
        "'api.example' failed 5 times in a row, so it is left alone for a while.",
        retryAfter: 30,
        isPostponed: true
    )

    @Test func nothingIsSentAfterFiveFailuresInARow() async {
        #expect(await send(5) == Failure(.unavailable, "No connection."))
        #expect(await send() == Self.open)
        stage.wait(.seconds(20))
        var later = Self.open
        later.retryAfter = 10
        #expect(await send() == later)
        #expect(stage.sent == 5)
    }

    @Test func oneRequestTriesWhetherTheServiceIsBack() async {
        _ = await send(5)
        stage.wait(.seconds(30))
        stage.answer(.success(200))
        #expect(await send(2) == nil)
        #expect(stage.sent == 7)
    }

    @Test func aTrialThatFailsOpensTheCircuitAgain() async {
        _ = await send(5)
        stage.wait(.seconds(30))
        #expect(await send() == Failure(.unavailable, "No connection."))
        #expect(await send() == Self.open)
        #expect(stage.sent == 6)
    }

    @Test func aTrialThatIsCancelledLeavesTheNextOneIn() async {
        _ = await send(5)
        stage.wait(.seconds(30))
        stage.answer(.failure(Failure(.cancelled, "Cancelled.")))
        #expect(await send(2) == Failure(.cancelled, "Cancelled."))
        #expect(stage.sent == 7)
    }

    @Test(arguments: [200, 400, 401, 429])
    func anAnswerSaysThatTheServiceIsThere(status: Int) async {
        _ = await send(4)
        stage.answer(.success(status))
        #expect(await send() == nil)
        stage.answer(.failure(Failure(.unavailable, "No connection.")))
        #expect(await send(4) == Failure(.unavailable, "No connection."))
        #expect(stage.sent == 9)
    }

    @Test(arguments: [500, 503, 529])
    func aServiceThatIsOutOfOrderIsDown(status: Int) async {
        stage.answer(.success(status))
        _ = await send(5)
        #expect(await send() == Self.open)
    }

    @Test func otherServicesAreAskedAllTheSame() async {
        _ = await send(5)
        for url in ["http://api.example/v1", "https://api.example:8443/v1", "https://other.example/v1"] {
            #expect(await send(to: url) == Failure(.unavailable, "No connection."))
        }
        #expect(await send(to: "https://API.example/v2")?.isPostponed == true)
    }

    @Test func manyAtOnceSendOneTrial() async {
        _ = await send(5)
        stage.wait(.seconds(30))
        let failures = await withTaskGroup(of: Failure?.self) { group in
            for _ in 1...100 { group.addTask { await send() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failures.count { $0?.isPostponed == true } == 99)
        #expect(stage.sent == 6)
    }
}
