import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Synchronization

/// A process for tests to start, race and kill: it writes to a database, and prints what was acknowledged.
///
///     StoreWriter append PATH COUNT RUN...                 COUNT events to each run, the runs side by side
///     StoreWriter die PATH COUNT RUN... INSTANT NTH        the same, killed at the NTH time of a fault point
///     StoreWriter claim PATH RUN OWNER                     prints the owner in force
@main
struct StoreWriter {
    static func main() async {
        do throws(StoreError) {
            try await perform(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print(error)
            exit(1)
        }
    }

    private static func perform(_ words: [String]) async throws(StoreError) {
        guard words.count > 3 else { exit(64) }
        switch words[0] {
        case "claim":
            let store = try SQLiteEventStore(path: words[1])
            let (now, run) = (Instant(Date()), RunID(words[2]))
            let claim = try await store.claim(
                run,
                for: words[3],
                until: now + .seconds(60),
                now: now,
                overriding: nil
            )
            print(claim?.owner ?? "nobody")
        case "die":
            let fault = Death(at: words[words.count - 2], time: Int(words[words.count - 1]) ?? 1)
            let store = try SQLiteEventStore(path: words[1]) { fault.reached($0) }
            await append(Int(words[2]) ?? 0, to: words[3..<words.count - 2], of: store)
        default:
            await append(Int(words[2]) ?? 0, to: words[3...], of: try SQLiteEventStore(path: words[1]))
        }
    }

    private static func append(_ count: Int, to runs: ArraySlice<String>, of store: SQLiteEventStore) async {
        await withDiscardingTaskGroup { group in
            for run in runs { group.addTask { await append(count, to: RunID(run), of: store) } }
        }
    }

    /// Appends events one at a time, carrying on where another process has written.
    private static func append(_ count: Int, to run: RunID, of store: SQLiteEventStore) async {
        var (last, landed) = (0, 0)
        while landed < count {
            do throws(StoreError) {
                try await store.append(StoreSamples.batch(last + 1...last + 1, of: run))
                (last, landed) = (last + 1, landed + 1)
                say("\(run) \(last)\n")
            } catch .conflict(_, let found) {
                last = found
            } catch {
                say("\(error)\n")
                exit(1)
            }
        }
    }

    /// Past the buffers, so that what was said survives a kill.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data(line.utf8)) }
}

/// The end of the process at one instant of the store's work.
final class Death: Sendable {
    private let instant: String
    private let left: Mutex<Int>

    init(at instant: String, time: Int) {
        self.instant = instant
        left = Mutex(time)
    }

    func reached(_ instant: String) {
        guard instant == self.instant else { return }
        let left = left.withLock { left in
            left -= 1
            return left
        }
        if left == 0 { kill(getpid(), SIGKILL) }
    }
}
