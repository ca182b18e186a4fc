import PipelineKit
import Synchronization

/// A client that follows one run, and comes back with the last event it has whenever the server is there again.
final class Follower: Sendable {
    let run: String
    private let client: Client
    /// One for each time that the server begins to listen.
    private let turns: AsyncStream<Void>
    private let told = Mutex<(sequences: [Int], isOver: Bool)>(([], false))

    init(_ run: String, _ client: Client, _ turns: AsyncStream<Void>) {
        self.run = run
        self.client = client
        self.turns = turns
    }

    /// In the order they came.
    var sequences: [Int] { told.withLock(\.sequences) }

    func follow() async throws {
        for await _ in turns {
            // A stream that a killed server cuts ends with an error; the next turn goes on from there.
            try? await client.follow(run, after: sequences.last ?? 0) { sequence, event in
                told.withLock { told in
                    told.sequences.append(sequence)
                    if event["type"] == "run.finished" { told.isOver = true }
                }
            }
            if told.withLock(\.isOver) { return }
        }
    }
}
