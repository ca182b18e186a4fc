import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// Two hundred runs that a service asks to come back later, all at once.
@Suite(.faultyServer, .timeLimit(.minutes(5)))
struct StormTests {
    let server: ModelServer

    init() throws { server = try #require(ModelServer.current) }

    /// Of each run, when it will ask again: moves the clock to the next such moment when nobody is asking.
    private final class Weather: Sendable {
        private let waiting: Mutex<[RunID: Instant?]>
        private let clock: ManualClock

        init(_ runs: [RunID], _ clock: ManualClock) {
            waiting = Mutex(Dictionary(uniqueKeysWithValues: runs.map { ($0, nil) }))
            self.clock = clock
        }

        func see(_ run: RunID, _ payload: Event.Payload) {
            let next = waiting.withLock { waiting -> Instant? in
                switch payload {
                case .modelRequested: waiting[run] = .some(nil)
                case .modelFailed(_, _, _, let retryAt?): waiting[run] = retryAt
                case .runFinished: waiting[run] = nil
                default: return nil
                }
                return waiting.values.contains(nil) ? nil : waiting.values.compactMap(\.self).min()
            }
            if let next, next > clock.now { clock.advance(by: next - clock.now) }
        }
    }

    static let refusals = 2
    static let asked = 20.0

    @Test func everyoneComesBackInTheirOwnTimeAndNotBeforeTheyMay() async throws {
        let clock = ManualClock()
        let engine = RealEngine(clock: clock.clock)
        defer { engine.remove() }
        let runs = (1...200).map { RunID("r\($0)") }
        for (number, run) in runs.enumerated() {
            let fault = number < 160 ? "refuses_first/\(Self.refusals)-\(Int(Self.asked))" : "plain/-"
            try await engine.start(run, at: server.url("/\(fault)/v1"))
        }
        let weather = Weather(runs, clock)
        let services = engine.services
        services.feed.observe { if case .event(let run, let event) = $0 { weather.see(run, event.payload) } }
        let ends = try await withThrowingTaskGroup(of: RunStatus.self) { group in
            for run in runs { group.addTask { try await services.runs.carryOn(run).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ends == Array(repeating: .notAchieved, count: 200))
        var returns: [Duration] = []
        for (number, run) in runs.enumerated() {
            returns += try await checked(run, engine, refusals: number < 160 ? Self.refusals : 0)
        }
        #expect(returns.count == 160 * Self.refusals)
        // Spread over the second that the policy adds: no tenth of it has a fourth of them.
        let tenths = Dictionary(grouping: returns) { Int(($0.seconds - Self.asked) * 10) }.mapValues(\.count)
        #expect(tenths.keys.allSatisfy { (0...10).contains($0) } && tenths.count >= 9)
        #expect(tenths.values.allSatisfy { $0 < returns.count / 4 }, "\(tenths)")
    }

    /// How long the run waited after each refusal.
    private func checked(_ run: RunID, _ engine: RealEngine, refusals: Int) async throws -> [Duration] {
        let events = try await engine.services.runs.events(of: run)
        var (returns, refused): ([Duration], Event?) = ([], nil)
        for event in events {
            switch event.payload {
            case .modelFailed(1, let attempt, let failure, let retryAt):
                let words =
                    "'127.0.0.1:\(server.port)' asks to come back later (429): \(run) has asked \(attempt) times."
                #expect(failure == Failure(.rateLimited, words, retryAfter: Self.asked))
                #expect(attempt == returns.count + 1 && retryAt != nil)
                refused = event
            case .modelRequested(let intent) where refused != nil:
                guard let last = refused, case .modelFailed(_, let attempt, _, let retryAt?) = last.payload else {
                    break
                }
                #expect(intent.attempt == attempt + 1 && event.at >= retryAt)
                returns.append(retryAt - last.at)
                refused = nil
            default: break
            }
        }
        #expect(returns.count == refusals && returns.allSatisfy { $0 >= .seconds(Self.asked) })
        return returns
    }
}
