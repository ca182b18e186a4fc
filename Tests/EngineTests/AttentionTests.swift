import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// One driver attends to all runs of its process: it renews their claims, and takes in what other processes record.
@Suite(.timeLimit(.minutes(5)))
struct AttentionTests {
    /// Runs that hang in a call, in one process, and another process over the same store.
    private struct Scene: Sendable {
        let store = FlakyStore()
        let clock = ManualClock()
        let here: Bench
        let elsewhere: Bench
        let runs = (1...3).map { RunID("r\($0)") }

        init() async throws {
            here = Bench(store: store, clock: clock.clock)
            elsewhere = Bench(here.directory, store: store, owner: ProcessName("host:boot:2:2"), clock: clock.clock)
            for run in runs {
                let pipeline = try Pipeline(json: [
                    "name": "p", "model": "notes/x", "tools": ["allow": ["hang"]],
                    "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
                    "providers": ["notes": ["replies": [["calls": [["tool": "hang"]]]]]],
                ])
                let order = RunOrder(run: run, pipeline: pipeline, project: here.directory, origin: "test")
                _ = try await here.services.runs.start(order)
            }
        }

        /// Carries all runs on here; `body` begins when each of them hangs. Time passes meanwhile, and what became of the
        /// runs is handed to it one by one. What still hangs afterwards is cancelled.
        func hanging(_ body: (AsyncStream<Outcome>) async throws -> Void) async throws {
            let (hangs, hang) = AsyncStream<RunID>.makeStream()
            let (outcomes, ended) = AsyncStream<Outcome>.makeStream()
            here.services.feed.observe { item in if case .piece(let run, _) = item { hang.yield(run) } }
            try await withThrowingTaskGroup { group in
                for run in runs { group.addTask { _ = ended.yield(await outcome(of: run)) } }
                for await _ in hangs.prefix(runs.count) {}
                group.addTask { await passTime() }
                try await body(outcomes)
                group.cancelAll()
            }
        }

        private func passTime() async {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(500))
                for _ in 0..<50 { await Task.yield() }
            }
        }

        /// Returns when so much time has passed.
        func wait(_ duration: Duration) async {
            let end = clock.now + duration
            while clock.now < end { await Task.yield() }
        }

        private func outcome(of run: RunID) async -> Outcome {
            do throws(ServiceError) {
                return Outcome(run: run, result: .success(try await here.services.runs.carryOn(run).status))
            } catch {
                return Outcome(run: run, result: .failure(error))
            }
        }

        /// The runs that nobody holds.
        func unclaimed() async throws -> [RunID] {
            let query = UnclaimedQuery(now: clock.now, updatedBefore: clock.now)
            return try await store.unclaimed(query).map(\.run).sorted { $0.value < $1.value }
        }
    }

    private struct Outcome: Sendable, Equatable {
        var run: RunID
        var result: Result<RunStatus, ServiceError>
    }

    /// Whichever attends comes to its end too, and the others notice what happens afterwards.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]]) func everyRunIsAttendedToUntilItsEnd(order: [Int]) async throws
    {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.hanging { outcomes in
            for run in order.map({ scene.runs[$0] }) {
                try await scene.elsewhere.services.runs.cancel(run, by: "ada")
                #expect(await outcomes.first { _ in true } == Outcome(run: run, result: .success(.aborted)))
            }
        }
        #expect(try await scene.store.owners(at: scene.clock.now).isEmpty)
    }

    @Test func theClaimsOfAllRunsAreRenewed() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.hanging { _ in
            await scene.wait(RunKeeper.lease * 3)
            let unclaimed = try await scene.unclaimed()
            #expect(unclaimed == [])
        }
        #expect(try await scene.unclaimed() == scene.runs)
    }

    @Test func aRunWhoseClaimSomebodyElseHasEndsHereAndNoOther() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        let taken = Claim(owner: "other:boot:3:3", until: scene.clock.now + .seconds(100_000))
        try await scene.hanging { outcomes in
            _ = try await scene.store.claim(
                "r2",
                for: taken.owner,
                until: taken.until,
                now: scene.clock.now,
                overriding: "host:boot:1:1"
            )
            #expect(await outcomes.first { _ in true } == Outcome(run: "r2", result: .failure(.busy("r2", taken))))
            await scene.wait(RunKeeper.lease * 2)
            let owners = try await scene.store.owners(at: scene.clock.now)
            #expect(owners == ["host:boot:1:1", taken.owner])
        }
        #expect(try await scene.unclaimed() == ["r1", "r3"])
    }

    @Test func aStoreThatIsGoneEndsTheWork() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.hanging { outcomes in
            scene.store.isAway = true
            for await outcome in outcomes.prefix(scene.runs.count) {
                #expect(outcome.result == .failure(.store(.unavailable("The store is away."))))
            }
        }
    }

    @Test func theStoreIsAskedForAllRunsAtOnce() async throws {
        let scene = try await Scene()
        defer { scene.here.remove() }
        try await scene.hanging { _ in
            let before = scene.store.calls
            await scene.wait(.seconds(60))
            let looks = 60 + 1
            let renewals = scene.runs.count * 7
            #expect((1...(looks + renewals)).contains(scene.store.calls - before))
        }
    }
}
