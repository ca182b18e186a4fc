import Dispatch
import PipelineEngine
import PipelineKit
import SQLiteStore

/// Prints what lists cost among so many runs that wait for a person, in a new database.
struct ListPace {
    let directory: String
    let runs: Int

    func run() async throws {
        let path = "\(directory)/lists.db"
        let store = try SQLiteEventStore(path: path)
        try await fill(store)
        await store.close()
        let begin = DispatchTime.now().uptimeNanoseconds
        let opened = try SQLiteEventStore(path: path)
        print("opening: \((DispatchTime.now().uptimeNanoseconds - begin) / 1_000) µs")
        let now = Instant(milliseconds: 2_000_000_000_000)
        let last = RunID("w\(runs - 1)")
        try await time("one run") { _ = try await opened.summary(of: last) }
        try await time("50 runs") { _ = try await opened.summaries(RunQuery()) }
        try await time("50 of two statuses") {
            _ = try await opened.summaries(RunQuery(statuses: [.waiting, .running]))
        }
        try await time("50 of one origin") { _ = try await opened.summaries(RunQuery(origin: "web")) }
        try await time("none of one project") { _ = try await opened.summaries(RunQuery(project: "/none")) }
        try await time("50 that ask") { _ = try await opened.summaries(RunQuery(isAsking: true)) }
        try await time("a look for what is due") {
            _ = try await opened.summaries(RunQuery(dueBy: .init(milliseconds: 1)))
        }
        try await time("a look for what nobody holds") {
            _ = try await opened.unclaimed(UnclaimedQuery(now: now, updatedBefore: now))
        }
        try await time("the sequences of 100 runs") {
            _ = try await opened.sequences(of: (0..<100).map { RunID("w\($0)") })
        }
    }

    private func fill(_ store: SQLiteEventStore) async throws {
        try await withThrowingTaskGroup { group in
            for lane in 0..<64 {
                group.addTask {
                    for number in stride(from: lane, to: runs, by: 64) { try await store.append(batch(number)) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// A run that asks a person something, with a deadline in thirty years.
    private func batch(_ number: Int) -> Batch {
        let run = RunID("w\(number)")
        let at = Instant(milliseconds: 1_767_225_600_000 + number)
        let start = RunStart(
            run: run,
            pipeline: ["name": "p", "goal": "command", "model": "m/x"],
            project: "/srv/projects/\(number % 50)",
            origin: number % 2 == 0 ? "web" : "cli",
            version: "pace"
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

    private func time(_ what: String, _ work: () async throws -> Void) async throws {
        var times: [UInt64] = []
        for _ in 0..<500 {
            let begin = DispatchTime.now().uptimeNanoseconds
            try await work()
            times.append(DispatchTime.now().uptimeNanoseconds - begin)
        }
        times.sort()
        print("\(what): median \(Double(times[250]) / 1_000) µs, of ten the slowest \(Double(times[450]) / 1_000) µs")
    }
}
