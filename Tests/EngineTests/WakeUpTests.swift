import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

@testable import PipelineEngine

extension Bench {
    /// An engine over a new store of this kind.
    init(_ kind: WakeUpTests.Kind, clock: EngineClock = Bench.clock) throws {
        let directory = Bench.temporary()
        self.init(directory, store: try Self.newStore(kind, at: directory), clock: clock)
    }

    /// A new store of this kind, which goes with the bench at that directory.
    static func newStore(_ kind: WakeUpTests.Kind, at directory: String) throws -> any EventStore {
        switch kind {
        case .memory: MemoryStore()
        case .sqlite: try SQLiteEventStore(path: "\(directory).scratch/sluice.db")
        }
    }
}

/// Deadlines and retries come true although nobody resumes the run.
struct WakeUpTests {
    enum Kind: CaseIterable { case memory, sqlite }

    /// An engine over a store, at a time of our choosing, with runs that ask before they write.
    private struct Scene {
        let bench: Bench
        let clock = ManualClock()

        init(_ kind: Kind) throws {
            bench = try Bench(kind, clock: clock.clock)
        }

        /// The same place and store, and another process.
        func other(_ owner: ProcessName) -> Bench {
            Bench(bench.directory, store: bench.store, owner: owner, clock: clock.clock)
        }

        func start(_ run: RunID = "r1", human: JSONValue, replies: JSONValue? = nil) async throws {
            let pipeline = try Pipeline(json: [
                "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
                "tools": ["allow": ["look", "hang"], "ask": ["write"]], "human": human,
                "providers": ["notes": ["replies": replies ?? [["calls": [RunningTests.write]]]]],
            ])
            let order = RunOrder(run: run, pipeline: pipeline, project: bench.directory, origin: "test")
            _ = try await bench.services.runs.start(order)
        }

        /// A run that has asked its question, which can be answered for a minute.
        func wait(_ run: RunID = "r1", onDeadline: JSONValue = "abort") async throws {
            try await start(run, human: ["deadline": "1m", "on_deadline": onDeadline])
            #expect(try await bench.services.runs.carryOn(run).status == .waiting)
        }

        func sweep() async throws -> [WakeUps.Woken] { try await bench.services.wakeUps.sweep() }
    }

    @Test(arguments: Kind.allCases) func aDeadlineThatHasPassedIsApplied(kind: Kind) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.wait()
        scene.clock.advance(by: .seconds(59))
        #expect(try await scene.sweep().isEmpty)
        scene.clock.advance(by: .seconds(1))
        let woken = try await scene.sweep()
        #expect(woken.map(\.run) == ["r1"])
        let reason = #"Nobody answered 'a1' in time: Let the model call write? {"file":"out","text":"done"}"#
        #expect(try woken[0].outcome.get().phase == .finished(.aborted, reason: reason))
        #expect(try await scene.sweep().isEmpty)
        #expect(scene.bench.read("out") == nil)
    }

    @Test(arguments: Kind.allCases) func aDeadlineThatApprovesCarriesTheRunOn(kind: Kind) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.wait(onDeadline: "approve")
        scene.clock.advance(by: .seconds(60))
        #expect(try await scene.sweep().map { try $0.outcome.get().status } == [.achieved])
        #expect(scene.bench.read("out") == "done")
    }

    @Test(arguments: Kind.allCases) func aRunThatSomebodyHoldsIsLeftToThem(kind: Kind) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.wait()
        scene.clock.advance(by: .seconds(60))
        let now = scene.clock.now
        let until = now + .seconds(30)
        _ = try await scene.bench.store.claim("r1", for: "elsewhere:b:2:2", until: until, now: now, overriding: nil)
        #expect(try await scene.sweep().isEmpty)
        scene.clock.advance(by: .seconds(30))
        #expect(try await scene.sweep().map(\.run) == ["r1"])
    }

    @Test(arguments: [(Kind.memory, 120), (.sqlite, 8)])
    func ofTwoSweepersEachRunIsTakenByOne(kind: Kind, count: Int) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        let runs = (1...count).map { RunID("r\($0)") }
        for run in runs { try await scene.wait(run) }
        scene.clock.advance(by: .seconds(60))
        let sweepers = [scene.bench, scene.bench, scene.other(ProcessName("elsewhere:boot:2:2"))].map(
            \.services.wakeUps
        )
        let woken = try await withThrowingTaskGroup(of: [RunID].self) { group in
            for wakeUps in sweepers { group.addTask { try await wakeUps.sweep().map(\.run) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(woken.count == count)
        #expect(Set(woken) == Set(runs))
        for run in runs {
            let types = try await scene.bench.services.runs.events(of: run).map(\.payload.type)
            #expect(types.count { $0 == "run.finished" } == 1)
        }
    }

    @Test(arguments: Kind.allCases) func aRunThatCannotBeReadKeepsNoOtherAsleep(kind: Kind) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.wait()
        let started = Event.Payload.started(["name": "p", "goal": "content"], run: "bad")
        var rows = Chain.rows([started], after: 0, head: Chain.start, at: .start)
        rows[0].digest = Chain.start
        var summary = RunSummary(RunState.given([started]), run: "bad")
        summary.wakeAt = .start
        try await scene.bench.store.append(Batch(run: "bad", events: rows, summary: summary))
        scene.clock.advance(by: .seconds(60))
        let woken = try await scene.sweep().sorted { $0.run.value < $1.run.value }
        #expect(woken.map(\.run) == ["bad", "r1"])
        #expect(throws: ServiceError.self) { try woken[0].outcome.get() }
        #expect(try woken[1].outcome.get().status == .aborted)
    }

    @Test(arguments: Kind.allCases) func aRetryOfAProcessThatEndedIsMade(kind: Kind) async throws {
        let scene = try Scene(kind)
        defer { scene.bench.remove() }
        try await scene.start(human: [:], replies: [["failures": 1, "text": "I stop."]])
        let services = scene.bench.services
        let failed = AsyncStream<Void>.makeStream()
        services.feed.observe { item in
            if case .event(_, let event) = item, event.payload.type == "model.failed" { failed.continuation.yield() }
        }
        let work = Task { try? await services.runs.carryOn("r1") }
        for await _ in failed.stream { break }
        work.cancel()
        _ = await work.value
        #expect(try await scene.bench.types().last == "model.failed")  // nothing was asked by a process that ends
        #expect(try await scene.sweep().isEmpty)
        scene.clock.advance(by: .seconds(60))
        #expect(try await scene.sweep().map(\.run) == ["r1"])
        #expect(try await scene.bench.types().contains("model.replied"))
    }

    @Test func whoServesWakesWhatIsDue() async throws {
        let scene = try Scene(.memory)
        defer { scene.bench.remove() }
        try await scene.wait()
        let finished = AsyncStream<Void>.makeStream()
        let services = scene.bench.services
        services.feed.observe { item in
            if case .event(_, let event) = item, event.payload.type == "run.finished" { finished.continuation.yield() }
        }
        await services.serving {
            scene.clock.advance(by: .seconds(60))
            for await _ in finished.stream { break }
        }
        #expect(try await services.runs.state(of: "r1").status == .aborted)
    }

    @Test func aRunUnderWayInThisProcessIsNotTakenTwice() async throws {
        let scene = try Scene(.memory)
        defer { scene.bench.remove() }
        let hang: JSONValue = [["calls": [["tool": "hang"]]]]
        try await scene.start(human: [:], replies: hang)
        let services = scene.bench.services
        let hanging = AsyncStream<Void>.makeStream()
        services.feed.observe { item in
            if case .piece = item { hanging.continuation.yield() }
        }
        let work = Task { try await services.runs.carryOn("r1") }
        for await _ in hanging.stream { break }
        do throws(ServiceError) {
            _ = try await services.runs.carryOn("r1")
            Issue.record("A run was carried on twice at once.")
        } catch {
            #expect("\(error)" == "Run 'r1' is being worked on by process 1 on host.")
        }
        try await services.runs.cancel("r1", by: "ada")
        #expect(try await work.value.status == .aborted)
    }
}
