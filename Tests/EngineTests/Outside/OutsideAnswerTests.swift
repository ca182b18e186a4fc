import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// Who waits for an answer hears of it, whoever gives it and whenever.
@Suite(.timeLimit(.minutes(5)))
struct OutsideAnswerTests {
    /// A run with one question, in a process that serves and takes up nothing, and another process.
    private struct Scene: Sendable {
        let store = FlakyStore()
        let clock = ManualClock()
        let here: Bench
        let elsewhere: Bench
        let run: RunID
        let id: ApprovalID

        init(human: JSONValue = [:]) async throws {
            here = Bench(store: store, clock: clock.clock)
            elsewhere = Bench(here.directory, store: store, owner: ProcessName("host:boot:2:2"), clock: clock.clock)
            run = try await OutsideServiceTests.start(here, human: human)
            id = try await here.services.approvals.ask(OutsideServiceTests.question, of: run)
        }

        func serving<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
            var policy = ServingPolicy(grace: .zero)
            policy.takesUp = { _ in false }
            return try await here.services.serving(policy) { () async -> Result<Value, any Error> in
                do { return .success(try await body()) } catch { return .failure(error) }
            }.get()
        }

        func answer() async throws -> OutsideAnswer? {
            try await here.services.approvals.answer(to: id, of: run)
        }

        func resolve(_ answer: Resolution, by bench: Bench) async throws {
            try await bench.services.approvals.resolve(id, of: run, with: answer, shown: nil)
        }

        var followers: Int {
            here.services.feed.state.withLock { state in state.followed[run]?.receivers.count ?? 0 }
        }

        /// Returns when so many follow the run.
        func followed(by count: Int) async { while followers != count { await Task.yield() } }

        /// Lets time pass until the task is cancelled.
        func passTime() async {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(500))
                for _ in 0..<50 { await Task.yield() }
            }
        }
    }

    private static let yes = Resolution(.approved, by: "ada")

    @Test func anAnswerThatWasGivenIsToldAtOnce() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.resolve(Self.yes, by: scene.elsewhere)
        #expect(try await scene.answer() == .resolved(Self.yes))
        #expect(scene.followers == 0)
    }

    @Test func anAnswerThatIsGivenHereIsHeardOf() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let heard = try await scene.serving {
            async let answer = scene.answer()
            await scene.followed(by: 1)
            try await scene.resolve(Self.yes, by: scene.here)
            return try await answer
        }
        #expect(heard == .resolved(Self.yes))
        #expect(scene.followers == 0)
    }

    @Test func anAnswerThatAnotherProcessTakesIsHeardOf() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let heard = try await scene.serving {
            try await withThrowingTaskGroup(of: OutsideAnswer?.self) { group in
                group.addTask { try await scene.answer() }
                await scene.followed(by: 1)
                try await scene.resolve(Self.yes, by: scene.elsewhere)
                group.addTask {
                    await scene.passTime()
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        #expect(heard == .resolved(Self.yes))
    }

    @Test func theEndOfTheRunIsHeardOf() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let heard = try await scene.serving {
            async let answer = scene.answer()
            await scene.followed(by: 1)
            try await scene.here.services.runs.cancel(scene.run, by: "bob")
            return try await answer
        }
        let end = OutsideAnswer.ended(.aborted, reason: "Cancelled by bob.")
        #expect(heard == end)
        #expect(try await scene.answer() == end)
        try await scene.here.services.runs.reopen(scene.run, limits: nil, by: "ada")
        #expect(try await scene.answer() == .resolved(.endOfRun), "it is asked no more")
    }

    @Test func whoeverIsCancelledHearsNothing() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let heard = try await scene.serving {
            try await withThrowingTaskGroup(of: OutsideAnswer?.self) { group in
                group.addTask { try await scene.answer() }
                await scene.followed(by: 1)
                group.cancelAll()
                return try await group.next() ?? nil
            }
        }
        #expect(heard == nil)
        #expect(scene.followers == 0)
        #expect(try await scene.here.services.runs.state(of: scene.run).pendingApprovals.count == 1)
    }

    @Test func whatIsNotAskedIsNotWaitedFor() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        await #expect(throws: ServiceError.refused(.unknownApproval("a9"))) {
            try await scene.here.services.approvals.answer(to: "a9", of: scene.run)
        }
    }

    @Test func aThousandWhoWaitAskTheStoreForNothingMeanwhile() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let before = scene.store.calls
        let heard = try await scene.serving {
            try await withThrowingTaskGroup(of: OutsideAnswer?.self) { group in
                for _ in 0..<1_000 { group.addTask { try await scene.answer() } }
                await scene.followed(by: 1_000)
                for _ in 0..<20 {
                    scene.clock.advance(by: .seconds(1))
                    for _ in 0..<50 { await Task.yield() }
                }
                try await scene.resolve(Self.yes, by: scene.here)
                return try await group.reduce(into: [OutsideAnswer: Int]()) {
                    $0[$1 ?? .resolved(.endOfRun), default: 0] += 1
                }
            }
        }
        #expect(heard == [.resolved(Self.yes): 1_000])
        // Each looks twice when it comes; the process looks for all of them and for runs to take up.
        #expect(scene.store.calls - before < 2_000 + 200)
    }

    /// Nobody hands out here what is followed, and the answer comes when the run is followed already.
    @Test func anAnswerBetweenLookingAndFollowingIsFound() async throws {
        let memory = MemoryStore()
        let meanwhile = Mutex<(@Sendable () async -> Void)?>(nil)
        let store = FlakyStore(memory, looking: { await meanwhile.withLock(\.self)?() })
        let (here, elsewhere) = (Bench(store: store), Bench(store: memory))
        defer { for bench in [here, elsewhere] { bench.remove() } }
        let run = try await OutsideServiceTests.start(here)
        let id = try await here.services.approvals.ask(OutsideServiceTests.question, of: run)
        meanwhile.withLock { meanwhile in
            meanwhile = {
                guard here.services.feed.state.withLock({ $0.followed[run] != nil }) else { return }
                // Asked again, it is answered already.
                try? await elsewhere.services.approvals.resolve(id, of: run, with: Self.yes, shown: nil)
            }
        }
        #expect(try await here.services.approvals.answer(to: id, of: run) == .resolved(Self.yes))
    }

    /// Between looking and following there is a moment, and the answer may come in any.
    @Test func noAnswerIsMissedWheneverItComes() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.resolve(Self.yes, by: scene.here)
        try await scene.serving {
            for number in 2...101 {
                let question = OutsideQuestion(key: "q\(number)", tool: "t", text: "?")
                let approvals = scene.here.services.approvals
                let id = try await approvals.ask(question, of: scene.run)
                async let answer = approvals.answer(to: id, of: scene.run)
                for _ in 0..<number % 40 { await Task.yield() }
                try await approvals.resolve(id, of: scene.run, with: Self.yes, shown: nil)
                let heard = try await answer
                try #require(heard == .resolved(Self.yes))
            }
        }
    }

    /// The driver of the run hangs in a call meanwhile, and nothing that it does ends with the deadline.
    @Test(arguments: ["abort", "approve"] as [JSONValue])
    func aDeadlinePassesWhileTheRunIsAtWork(onDeadline: JSONValue) async throws {
        let scene = try await Scene(human: ["deadline": "1m", "on_deadline": onDeadline])
        defer { scene.here.remove() }
        let expired = Resolution(.expired, by: "the deadline")
        let heard = try await scene.serving {
            try await withThrowingTaskGroup(of: OutsideAnswer?.self) { group in
                group.addTask {
                    _ = try await scene.here.services.runs.carryOn(scene.run)
                    await untilCancelled()
                    return nil
                }
                group.addTask {
                    await scene.passTime()
                    return nil
                }
                group.addTask { try await scene.answer() }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
        #expect(heard == .resolved(expired))
        let state = try await scene.here.services.runs.state(of: scene.run)
        let reason = "Nobody answered 'a1' in time: May it run?"
        #expect((state.phase == .finished(.aborted, reason: reason)) == (onDeadline == "abort"))
        #expect((state.phase == .calling) == (onDeadline == "approve"))
    }
}
