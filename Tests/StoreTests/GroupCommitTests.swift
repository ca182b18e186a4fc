import Dispatch
import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Synchronization
import Testing

/// Counts the instants of a store's work, and holds its first transaction until the gate is opened.
final class Gate: Sendable {
    private let isOpen = DispatchSemaphore(value: 0)
    private let counts = Mutex<[String: Int]>([:])

    func reached(_ instant: String) {
        let isFirst = counts.withLock { counts in
            counts[instant, default: 0] += 1
            return counts == ["store.begin": 1]
        }
        if isFirst { isOpen.wait() }
    }

    func open() { isOpen.signal() }
    func count(_ instant: String) -> Int { counts.withLock { $0[instant] ?? 0 } }
}

/// Appends all batches at once, the first of them in a transaction that is held until the last has started.
func append(_ batches: [Batch], to store: SQLiteEventStore, through gate: Gate) async -> [StoreError?] {
    let started = Mutex(0)
    return await sideBySide(batches.count) { index throws(StoreError) in
        let number = started.withLock { started in
            started += 1
            return started
        }
        if number == batches.count { gate.open() }
        try await store.append(batches[index])
    }
}

/// Writers that come together share one commit, and nothing else.
struct GroupCommitTests {
    @Test func manyWritersShareFewCommits() async throws {
        try await withDatabase { path in
            let gate = Gate()
            let store = try SQLiteEventStore(path: path) { gate.reached($0) }
            let batches = (0..<200).map { StoreSamples.batch(1...1, of: RunID("r\($0)")) }
            #expect(await append(batches, to: store, through: gate).allSatisfy { $0 == nil })
            // One that was held, one for all that gathered meanwhile, and those whose task was just on its way.
            #expect(gate.count("store.committed") <= 2 + ProcessInfo.processInfo.activeProcessorCount)
            #expect(gate.count("store.write") == 200)
            #expect(try await store.summaries(RunQuery(limit: 999)).count == 200)
            await store.close()
        }
    }

    @Test func writersThatComeBackAtOnceGatherAgain() async throws {
        try await withDatabase { path in
            let gate = Gate()
            gate.open()
            let store = try SQLiteEventStore(path: path) { gate.reached($0) }
            let outcomes = await sideBySide(32) { writer throws(StoreError) in
                for number in 1...20 {
                    try await store.append(StoreSamples.batch(number...number, of: RunID("r\(writer)")))
                }
            }
            #expect(outcomes.allSatisfy { $0 == nil })
            // About 40 in fact; nearly 640 when each writer that has been served commits what has just begun to gather.
            #expect(gate.count("store.committed") < 320)
            await store.close()
        }
    }

    @Test func onlyTheWrongBatchOfAGroupFails() async throws {
        try await withDatabase { path in
            let gate = Gate()
            let store = try SQLiteEventStore(path: path) { gate.reached($0) }
            var batches = (0..<60).map { StoreSamples.batch(1...2, of: RunID("r\($0)")) }
            batches[20] = StoreSamples.batch(5...5, of: "r20")  // a conflict
            batches[40].events[1].version = 0  // refused by the schema, after its first event was written
            let outcomes = await append(batches, to: store, through: gate)
            #expect(outcomes[20] == .conflict(expected: 4, found: 0))
            #expect(
                outcomes[40]
                    == .unavailable(
                        "The database '\(path)' refused: CHECK constraint failed: version > 0 (SQLite code 275)."
                    )
            )
            #expect(outcomes.count { $0 == nil } == 58)
            #expect(try await store.summaries(RunQuery(limit: 999)).count == 58)
            #expect(try await store.events(of: "r40", after: 0, limit: 9).isEmpty)
            await store.close()
        }
    }

    /// A commit that would be quick is tried where its writer is, and waits for nobody there.
    @Test func aWriterThatFindsTheFileLockedWaitsUntilItIsFree() async throws {
        try await withDatabase { path in
            let gate = DispatchSemaphore(value: 0)
            let begun = Mutex(0)
            let (holding, isHolding) = AsyncStream<Void>.makeStream()
            let held = try SQLiteEventStore(path: path) { instant in
                guard instant == "store.commit" else { return }
                isHolding.yield()
                gate.wait()
            }
            let store = try SQLiteEventStore(path: path) { instant in
                guard instant == "store.begin" else { return }
                let count = begun.withLock { count in
                    count += 1
                    return count
                }
                if count == 6 { gate.signal() }
            }
            for number in 1...5 { try await store.append(StoreSamples.batch(number...number, of: "r1")) }
            try await withThrowingTaskGroup { group in
                group.addTask { try await held.append(StoreSamples.batch(1...1, of: "r2")) }
                for await _ in holding.prefix(1) {}
                group.addTask { try await store.append(StoreSamples.batch(6...6, of: "r1")) }
                try await group.waitForAll()
            }
            #expect(try await store.sequences(of: ["r1", "r2"]) == ["r1": 6, "r2": 1])
            await store.close()
            await held.close()
        }
    }

    @Test func whereAHistoryEndsIsLookedUpAgainWhenAnotherProcessWroteToIt() async throws {
        try await withDatabase { path in
            let (here, elsewhere) = (try SQLiteEventStore(path: path), try SQLiteEventStore(path: path))
            try await here.append(StoreSamples.batch(1...3, of: "r1"))
            try await elsewhere.append(StoreSamples.batch(4...4, of: "r1"))
            await #expect(throws: StoreError.conflict(expected: 3, found: 4)) {
                try await here.append(StoreSamples.batch(4...4, of: "r1"))
            }
            try await here.append(StoreSamples.batch(5...5, of: "r1"))
            #expect(try await elsewhere.remove(["r1"]) == 0)
            await #expect(throws: StoreError.conflict(expected: 5, found: 0)) {
                try await here.append(StoreSamples.batch(6...6, of: "r1"))
            }
            try await here.append(StoreSamples.batch(1...2, of: "r1"))
            #expect(try await elsewhere.sequences(of: ["r1"]) == ["r1": 2])
            for store in [here, elsewhere] { await store.close() }
        }
    }

    @Test func whereAHistoryEndsIsLookedUpAgainWhenItsRunWasRemoved() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await store.append(StoreSamples.batch(1...3, of: "r1"))
            _ = try await store.remove(["r1"])
            await #expect(throws: StoreError.conflict(expected: 3, found: 0)) {
                try await store.append(StoreSamples.batch(4...4, of: "r1"))
            }
            await store.close()
        }
    }

    @Test func aGroupThatFailedLeavesNoMemoryOfWhatItWrote() async throws {
        try await withDatabase { path in
            let gate = Gate()
            let store = try SQLiteEventStore(path: path) { gate.reached($0) }
            var wrong = StoreSamples.batch(1...1, of: "r9")
            wrong.events[0].at = Instant(milliseconds: .max)
            let good = (0..<9).map { StoreSamples.batch(1...1, of: RunID("r\($0)")) }
            let outcomes = await append(good + [wrong], to: store, through: gate)
            #expect(outcomes.count { $0 == nil } == 9)
            for number in 0..<9 { try await store.append(StoreSamples.batch(2...2, of: RunID("r\(number)"))) }
            try await store.append(StoreSamples.batch(1...1, of: "r9"))
            await store.close()
        }
    }

    @Test func closingFinishesWhatWasAskedAndRefusesTheRest() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            let outcomes = await sideBySide(100) { run throws(StoreError) in
                if run == 50 { await store.close() }
                try await store.append(StoreSamples.batch(1...1, of: RunID("r\(run)")))
            }
            let landed = Set(outcomes.indices.filter { outcomes[$0] == nil }.map { RunID("r\($0)") })
            let refusals = Set(outcomes.compactMap(\.self))
            #expect(refusals == [.unavailable("The database '\(path)' is closed.")])
            await #expect(throws: StoreError.unavailable("The database '\(path)' is closed.")) {
                try await store.summary(of: "r1")
            }
            let reopened = try SQLiteEventStore(path: path)
            #expect(Set(try await reopened.summaries(RunQuery(limit: 999)).map(\.run)) == landed)
            await reopened.close()
        }
    }

    @Test func aCancelledTaskStillLearnsThatItsBatchLanded() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    #expect(Task.isCancelled)
                    try await store.append(StoreSamples.batch(1...1, of: "r1"))
                }
                try await group.waitForAll()
            }
            #expect(try await store.summary(of: "r1") != nil)
            await store.close()
        }
    }
}
