import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// A store in memory that remembers what was appended together.
private final class CommitLog: EventStore {
    private let store = MemoryStore()
    private let log = Mutex<[(types: [String], hasRow: Bool)]>([])
    /// Called after each batch, before its writer is told.
    private let after = Mutex<(@Sendable (Batch) async -> Void)?>(nil)

    var commits: [[String]] { log.withLock { $0.map(\.types) } }
    /// Those that came without a row for lists.
    var unlisted: [[String]] { log.withLock { $0.filter { !$0.hasRow }.map(\.types) } }
    func then(_ body: @escaping @Sendable (Batch) async -> Void) { after.withLock { $0 = body } }

    func append(_ batch: Batch) async throws(StoreError) {
        try await store.append(batch)
        log.withLock { $0.append((batch.events.map(\.type), batch.summary != nil)) }
        await after.withLock(\.self)?(batch)
    }
    func events(of run: RunID, after sequence: Int, limit: Int) async throws(StoreError) -> [StoredEvent] {
        await store.events(of: run, after: sequence, limit: limit)
    }
    func summary(of run: RunID) async throws(StoreError) -> RunSummary? { await store.summary(of: run) }
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] { await store.summaries(query) }
    func sequences(of runs: [RunID]) async throws(StoreError) -> [RunID: Int] { await store.sequences(of: runs) }
    func unclaimed(_ query: UnclaimedQuery) async throws(StoreError) -> [RunSummary] { await store.unclaimed(query) }
    func owners(at now: Instant) async throws(StoreError) -> Set<String> { await store.owners(at: now) }
    func claim(_ run: RunID, for owner: String, until deadline: Instant, now: Instant, overriding dead: String?)
        async throws(StoreError) -> Claim?
    {
        await store.claim(run, for: owner, until: deadline, now: now, overriding: dead)
    }
    func release(_ run: RunID, by owner: String) async throws(StoreError) { await store.release(run, by: owner) }
    func balance(of account: Account) async throws(StoreError) -> Balance { await store.balance(of: account) }
    func artifact(_ digest: Digest) async throws(StoreError) -> [UInt8]? { await store.artifact(digest) }
    func remove(_ runs: [RunID]) async throws(StoreError) -> Int { await store.remove(runs) }
}

/// What follows at once is recorded in one commit, before it is done.
struct SequelTests {
    @Test func aStepIsRecordedWithTheOneThatFollows() async throws {
        let log = CommitLog()
        let bench = Bench(store: log)
        defer { bench.remove() }
        let run = try await bench.start([
            ["text": "I look.", "calls": [["tool": "look"]]], ["calls": [RunningTests.write]], ["text": "Done."],
        ])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        #expect(
            log.commits == [
                ["run.started"], ["workspace.opened"], ["check.started"],
                ["check.finished", "iteration.started", "model.requested"],
                ["model.replied", "tool_call.proposed"],  // a reading call is not recorded as begun
                ["tool_call.finished", "model.requested"],
                ["model.replied", "tool_call.proposed", "tool_call.started"],
                ["tool_call.finished", "model.requested"], ["model.replied"], ["check.started"],
                ["check.finished", "run.finished"],
            ]
        )
    }

    @Test func whatListsDoNotShowLeavesTheirRowAsItIs() async throws {
        let log = CommitLog()
        let bench = Bench(store: log)
        defer { bench.remove() }
        let look: JSONValue = ["tool": "look"]
        let run = try await bench.start([["calls": [look, RunningTests.write, look]], ["text": "Done."]])
        let state = try await bench.services.runs.carryOn(run)
        let (finished, started, asked) = ("tool_call.finished", "tool_call.started", "model.requested")
        #expect(
            log.unlisted == [
                ["workspace.opened"], ["check.started"], [finished, started], [finished], [finished, asked],
                ["check.started"],
            ]
        )
        #expect(try await log.summary(of: run) == RunSummary(state, run: run))
    }

    @Test func aRowOfListsIsNeverMoreThanASecondBehind() async throws {
        let log = CommitLog()
        let now = Mutex(0)
        let clock = EngineClock(
            now: {
                now.withLock { now in
                    now += 60
                    return Instant(milliseconds: now)
                }
            },
            sleep: { _ in await Bench.clock.sleep(.start + .seconds(1)) }
        )
        let bench = Bench(store: log, clock: clock)
        defer { bench.remove() }
        let calls = Array(repeating: RunningTests.write, count: 20)
        let run = try await bench.start([["calls": .array(calls)], ["text": "Done."]])
        _ = try await bench.services.runs.carryOn(run)
        let ends = log.commits.filter { $0.first == "tool_call.finished" }
        #expect(ends.count == 20)
        let unlisted = log.unlisted.filter { $0.first == "tool_call.finished" }
        #expect(!unlisted.isEmpty && unlisted.count < ends.count)
    }

    @Test func nothingIsBegunThatAPersonIsAskedAbout() async throws {
        let log = CommitLog()
        let bench = Bench(store: log)
        defer { bench.remove() }
        let run = try await bench.start(
            [["calls": [RunningTests.write]]],
            tools: ["allow": ["look"], "ask": ["write"]]
        )
        #expect(try await bench.services.runs.carryOn(run).status == .waiting)
        #expect(log.commits.last == ["model.replied", "tool_call.proposed", "approval.requested"])
    }

    /// What is said after a question was recorded is for the next one: the question is sent as it was recorded.
    @Test func aWordThatComesLateDoesNotChangeTheQuestion() async throws {
        let log = CommitLog()
        let bench = Bench(store: log)
        defer { bench.remove() }
        let asked = Log()
        log.then { batch in
            guard batch.events.last?.type == "model.requested", asked.all.isEmpty else { return }
            asked.add("once")
            let elsewhere = try? await LiveRun.open(batch.run, in: log, clock: Bench.clock)
            _ = try? await elsewhere?.send(.addMessage("Hurry.", by: "ada"))
        }
        let run = try await bench.start([["text": "Done."]])
        _ = try await bench.services.runs.carryOn(run)
        let types = try await bench.types()
        let question = try #require(types.firstIndex(of: "model.requested"))
        #expect(types[question + 1] == "message.added")
        #expect(types[question + 2] == "model.replied")
        #expect(!types.contains("model.failed"))
    }

    /// Whoever looks at the run may read what was recorded before the store has said so to whoever recorded it.
    @Test(arguments: ["model.requested", "tool_call.started"])
    func aStepThatIsSeenBeforeItIsToldIsDoneOnce(type: String) async throws {
        let log = CommitLog()
        let bench = Bench(store: log)
        defer { bench.remove() }
        let (commits, commit) = AsyncStream.makeStream(of: Void.self)
        let services = bench.services
        let looks = Log()
        log.then { batch in
            if !looks.all.isEmpty { commit.yield() }
            guard looks.all.isEmpty, batch.events.last?.type == type else { return }
            looks.add("once")
            _ = try? await services.runs.state(of: batch.run)
            for await _ in commits { break }  // the step is begun, and its end recorded, while this one waits
        }
        let run = try await bench.start([["calls": [RunningTests.write]], ["text": "Done."]])
        #expect(try await services.runs.carryOn(run).status == .achieved)
        #expect(looks.all == ["once"])
        let types = try await bench.types()
        #expect(types.count { $0 == "model.requested" } == 2)
        #expect(types.count { $0 == "tool_call.started" } == 1)
        #expect(!types.contains("model.failed") && !types.contains("approval.requested"))
    }

    /// A process that ends between the commit and the step leaves it open, and whoever comes next is told so.
    @Test func aQuestionThatNobodySentIsToldAsInterrupted() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.isFinished)
        let events = try await bench.services.runs.events(of: run)
        let question = try #require(events.firstIndex { $0.payload.type == "model.requested" })
        let store = MemoryStore()
        let rows = Chain.rows(events[...question].map(\.payload), after: 0, head: Chain.start, at: .start)
        let left = RunState(replaying: events[...question])
        try await store.append(Batch(run: run, events: rows, summary: RunSummary(left, run: run)))
        let next = Bench(bench.directory, store: store, owner: ProcessName("host:boot:3:3"))
        _ = try await next.services.runs.carryOn(run)
        #expect(try await next.types()[question + 1] == "model.failed")
    }
}
