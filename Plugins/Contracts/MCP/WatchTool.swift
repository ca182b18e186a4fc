import HTTPKit
import PipelineEngine
import PipelineKit

/// Follows a run for a while.
struct WatchTool: Sendable {
    let desk: Desk

    var tool: ServedTool {
        ServedTool(
            "watch_run",
            "Follows a run from an event on, until it ends, has a question for a person, or the time is up. Gives the events "
                + "in short; go on after 'next'.",
            .reads,
            watch
        )
    }

    struct Watched: Fields {
        @Field("The name of the run.") var run: String
        @Field("Only events after this one; 0 for all.") var after: Int = 0
        @Field("How many seconds to wait for more, from 0 to 60.") var waitSeconds: Int = 20
        @Field("How many events at most, from 1 to 200.") var limit: Int = 50

        func check(_ reader: inout FieldReader) {
            reader.expect(after, of: "after", in: 0...Int.max)
            reader.expect(waitSeconds, of: "wait_seconds", in: 0...60)
            reader.expect(limit, of: "limit", in: 1...200)
        }
    }

    /// Bytes of events that are given at once, about; a single one may be more.
    private static let mostBytes = 48_000

    /// What has come so far.
    private struct Gathered {
        var events: [JSONValue] = []
        var bytes = 0
        var last: Int

        mutating func add(_ event: JSONValue) {
            var members = event.clipped.members
            for name in ["digest", "run", "version"] { members[name] = nil }
            if case .object(var body) = members["body"], let pipeline = body["pipeline"]?["name"] {
                body["pipeline"] = pipeline  // with which a run starts, and which is pages of it
                members["body"] = .object(body)
            }
            let short = JSONValue.object(members)
            events.append(short)
            bytes += short.encoded().count
            last = event["sequence"]?.integer ?? last
        }
    }

    @Sendable private func watch(_ asked: Watched, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        _ = try await desk.row(of: asked.run)
        let (news, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let leave = desk.services.feed.follow(RunID(asked.run)) { item in
            if case .event = item { signal.yield() }
        }
        defer { leave() }
        let timer = Task {
            try? await Task.sleep(for: .seconds(asked.waitSeconds))
            signal.finish()
        }
        defer { timer.cancel() }
        var (gathered, coming) = (Gathered(last: asked.after), news.makeAsyncIterator())
        while true {
            let isFull = try await gather(&gathered, asked, caller)
            let row = try await desk.row(of: asked.run)
            let isResting = (row.status.isFinal || row.isAsking) && row.sequence <= gathered.last
            if isFull || isResting { return .document(answer(gathered, row)) }
            guard await coming.next(isolation: #isolation) != nil else { return .document(answer(gathered, row)) }
        }
    }

    /// Takes what is recorded by now.
    ///
    /// - Returns: whether there is no room for more.
    private func gather(_ gathered: inout Gathered, _ asked: Watched, _ caller: ToolCaller) async throws(HTTPError)
        -> Bool
    {
        while true {
            let room = min(50, asked.limit - gathered.events.count)
            let query: [(name: String, value: String?)] = [("after", "\(gathered.last)"), ("limit", "\(room)")]
            let page = try await desk.door.ask(.get, ["runs", asked.run, "events"], query: query).document()
            let events = page["items"]?.elements ?? []
            for event in events {
                gathered.add(event)
                caller.progress?(gathered.last, event["type"]?.text ?? "")
                if gathered.events.count >= asked.limit || gathered.bytes >= Self.mostBytes { return true }
            }
            if events.count < room { return false }
        }
    }

    private func answer(_ gathered: Gathered, _ row: RunSummary) -> JSONValue {
        [
            "run": .string(row.run.value), "status": .string(row.status.rawValue), "events": .array(gathered.events),
            "next": .int(gathered.last), "recorded": .int(row.sequence),
            "questions": row.details["approvals"] ?? [],
        ]
    }
}
