import PipelineEngine
import PipelineKit

/// A history as the engine records it: turns of a model that reads a file and is told what stands in it.
struct LoadHistory {
    static let run = RunID("load")

    let payloads: [Event.Payload]
    let rows: [StoredEvent]
    let events: [Event]
    /// The row that lists show after the last event.
    let summary: RunSummary

    /// - Parameter count: How many events; at least one.
    init(of count: Int, pipeline: JSONValue) throws(CommandError) {
        var payloads = Self.opening(pipeline)
        var turn = 1
        while payloads.count < count {
            payloads += Self.turn(turn)
            turn += 1
        }
        self.payloads = Array(payloads.prefix(count))
        rows = Self.rows(self.payloads)
        do throws(StoreError) {
            events = try rows.map { row throws(StoreError) in try EventCodec.decode(row) }
        } catch {
            throw .broken("\(error)")
        }
        summary = RunSummary(RunState(replaying: events), run: Self.run)
    }

    static func rows(_ payloads: [Event.Payload]) -> [StoredEvent] {
        Chain.rows(payloads, after: 0, head: Chain.start, at: Instant(milliseconds: 1_700_000_000_000))
    }

    /// What stands in an event that tells of a tool's output.
    static func output(bytes: Int) -> Event.Payload {
        .callFinished("1.1", RecordedOutput(text: LoadTexts.output(bytes: bytes), exitCode: 0))
    }

    private static func opening(_ pipeline: JSONValue) -> [Event.Payload] {
        let (check, tree) = (CheckName(iteration: 0), SnapshotID("0123456789abcdef"))
        let start = RunStart(
            run: run,
            pipeline: pipeline,
            project: "/project",
            origin: "bench",
            version: Version.number
        )
        return [
            .runStarted(start), .workspaceOpened(Workspace(path: "/project", project: "/project"), start: tree),
            .checkStarted(check, snapshot: tree), .checkFinished(check, CheckResult(.failed, "2 of 5 tests fail.")),
            .iterationStarted(1),
        ]
    }

    private static func turn(_ turn: Int) -> [Event.Payload] {
        let id = CallID("\(turn).1")
        let call = ToolCall(id: id, tool: "file_read", arguments: #"{"path":"src/module_\#(turn).py"}"#)
        let usage = Usage(input: 4_000 + turn, cached: 3_000, output: 120)
        let intent = ModelIntent(
            turn: turn,
            attempt: 1,
            model: "scripted/none",
            reserved: Spending(tokens: 12_000),
            request: Chain.start
        )
        let reply = RecordedReply(
            turn: turn,
            text: "I look at module \(turn) before I change anything in it, as its tests are the ones that fail.",
            usage: usage,
            cost: nil,
            stop: .finished
        )
        return [
            .modelRequested(intent), .modelReplied(reply),
            .callProposed(ProposedCall(id: id, call: call, reach: [.reads])),
            .callFinished(id, RecordedOutput(text: LoadTexts.output(bytes: 600), exitCode: 0)),
        ]
    }
}
