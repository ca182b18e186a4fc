import LoadKit
import PipelineEngine
import PipelineKit
import SQLiteStore

/// What lists cost among so many runs that wait for a person.
struct ListPace: Sendable {
    private static let width = 64
    /// How often each list is asked for.
    private static let rounds = 500

    let lines: BenchLines
    /// Of the database.
    let path: String
    let runs: Int

    /// - Parameter store: Empty.
    func run(_ store: any EventStore) async throws(CommandError) {
        try await inLanes(runs, width: Self.width) { number throws(CommandError) in
            try await storing { () throws(StoreError) in try await store.append(batch(number)) }
        }
        lines.tell("begin")
        let opened = try await storing { () throws(StoreError) in
            let begin = MonotonicClock.nanoseconds
            let opened = try SQLiteEventStore(path: path)
            tell("opening", MonotonicClock.nanoseconds - begin)
            return opened
        }
        try await storing { () throws(StoreError) in try await lists(opened) }
        await opened.close()
    }

    private func lists(_ store: SQLiteEventStore) async throws(StoreError) {
        let now = Instant(milliseconds: 2_000_000_000_000)
        let hundred = (0..<100).map(Self.name)
        try await time("one run") { () throws(StoreError) in _ = try await store.summary(of: Self.name(runs - 1)) }
        for (what, query) in Self.queries {
            try await time(what) { () throws(StoreError) in _ = try await store.summaries(query) }
        }
        try await time("a look for what nobody holds") { () throws(StoreError) in
            _ = try await store.unclaimed(UnclaimedQuery(now: now, updatedBefore: now))
        }
        try await time("the sequences of 100 runs") { () throws(StoreError) in
            _ = try await store.sequences(of: hundred)
        }
    }

    private static var queries: [(String, RunQuery)] {
        [
            ("50 runs", RunQuery()), ("50 of two statuses", RunQuery(statuses: [.waiting, .running])),
            ("50 of one origin", RunQuery(origin: "web")), ("none of one project", RunQuery(project: "/none")),
            ("50 that ask", RunQuery(isAsking: true)),
            ("a look for what is due", RunQuery(dueBy: Instant(milliseconds: 1))),
        ]
    }

    private func time(_ what: String, _ work: () async throws(StoreError) -> Void) async throws(StoreError) {
        var times: [Int] = []
        for _ in 0..<Self.rounds {
            let begin = MonotonicClock.nanoseconds
            try await work()
            times.append(MonotonicClock.nanoseconds - begin)
        }
        tell(what, times.sorted()[Self.rounds / 2])
    }

    private func tell(_ what: String, _ nanoseconds: Int) {
        lines.tell("list", ["what": .string(what), "us": .double(Double(nanoseconds / 100) / 10)])
    }

    // MARK: - The runs

    private static func name(_ number: Int) -> RunID { RunID("w\(number)") }

    /// A run that asks a person something, with a deadline in thirty years.
    private func batch(_ number: Int) -> Batch {
        let run = Self.name(number)
        let at = Instant(milliseconds: 1_767_225_600_000 + number)
        let start = RunStart(
            run: run,
            pipeline: ["name": "p", "goal": "command", "model": "m/x"],
            project: "/srv/projects/\(number % 50)",
            origin: number % 2 == 0 ? "web" : "cli",
            version: Version.number
        )
        let question = Approval(
            id: "a1",
            subject: .check(CheckName(iteration: 1)),
            question: "The goal does not hold yet. Go on? 3 of 24 tests fail.",
            shown: Chain.start,
            deadline: at + .seconds(1_000_000_000)
        )
        let payloads: [Event.Payload] = [
            .runStarted(start), .workspaceOpened(Workspace(path: "/p"), start: "s0"), .approvalRequested(question),
        ]
        let rows = Chain.rows(payloads, after: 0, head: Chain.start, at: at)
        var state = RunState()
        for (row, payload) in zip(rows, payloads) {
            state.apply(Event(sequence: row.sequence, at: at, payload: payload, digest: row.digest))
        }
        return Batch(run: run, events: rows, summary: RunSummary(state, run: run))
    }
}

/// Asks the store, and words its errors for a command's caller.
private func storing<Value>(_ call: () async throws(StoreError) -> Value) async throws(CommandError) -> Value {
    do throws(StoreError) { return try await call() } catch { throw .broken("\(error)") }
}
