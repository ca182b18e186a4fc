import BuiltInPipelines
import PipelineEngine
import PipelineKit
import SQLiteStore
import YAML

/// What it costs to take in what is written down: pipelines, JSON, histories. All of it in this process.
struct LoadBench {
    /// How many events the middle one of three histories has; the others have a tenth and ten times as many.
    let events: Int
    let registry: Registry
    /// Absolute path of a private directory, for a database.
    let directory: String
    let lines = BenchLines()

    func run() async throws(CommandError) {
        for length in [10, 100, 200, 1_000] {
            try await pipeline("long", LoadTexts.pipeline(lines: length))
        }
        try await pipeline("pytest", BuiltInPipelines.all["pytest"] ?? "")
        for size in [100, 1_000, 100_000] { try await json(bytes: size) }
        for count in [max(1, events / 10), events, events * 10] { try await history(of: count) }
    }

    // MARK: - Text

    private func pipeline(_ name: String, _ text: String) async throws(CommandError) {
        let bytes = Array(text.utf8)
        let nodes = YAMLDocument(bytes).nodes
        let members: [String: JSONValue] = [
            "of": .string(name), "lines": .int(bytes.count { $0 == 10 }), "bytes": .int(bytes.count),
        ]
        let reading = try await Pace.median("yaml", answering: nodes) { YAMLDocument(bytes).nodes }
        tell("yaml", members, microseconds: reading, bytes: bytes.count)
        let loader = PipelineLoader(.standard, registry: registry)
        let linting = try await Pace.median("lint", answering: 0) { () throws(CommandError) in
            try Self.warnings(of: text, loader)
        }
        tell("lint", members, microseconds: linting, bytes: bytes.count)
    }

    /// - Throws: when the pipeline would not start, as then something else is measured.
    private static func warnings(of text: String, _ loader: PipelineLoader) throws(CommandError) -> Int {
        do throws(Diagnostics) { return try loader.load(text, file: "bench.yaml").warnings.count } catch {
            throw .broken("\(error)")
        }
    }

    private func json(bytes size: Int) async throws(CommandError) {
        let bytes = EventCodec.encode(LoadHistory.output(bytes: size)).body
        let value = try Self.parsed(bytes)
        let times = max(1, 20_000 / size)
        let members: [String: JSONValue] = ["of": .string(Self.sizes[size] ?? "\(size) B"), "bytes": .int(bytes.count)]
        let reading = try await Pace.median("json_read", times: times, answering: value.members.count) {
            () throws(CommandError) in try Self.parsed(bytes).members.count
        }
        tell("json_read", members, microseconds: reading, bytes: bytes.count)
        let writing = try await Pace.median("json_write", times: times, answering: bytes.count) {
            value.encoded().count
        }
        tell("json_write", members, microseconds: writing, bytes: bytes.count)
    }

    private static let sizes = [100: "100 B", 1_000: "1 kB", 100_000: "100 kB"]

    private static func parsed(_ bytes: [UInt8]) throws(CommandError) -> JSONValue {
        do throws(JSONError) { return try JSONValue(parsing: bytes) } catch { throw .broken("\(error)") }
    }

    private func tell(_ what: String, _ members: [String: JSONValue], microseconds: Double, bytes: Int) {
        let figures: [String: JSONValue] = [
            "what": .string(what), "us": .double(microseconds.rounded),
            "mb_per_second": .double((Double(bytes) / microseconds).rounded),
        ]
        lines.tell("load", members.merging(figures) { _, new in new })
    }

    // MARK: - Histories

    private func history(of count: Int) async throws(CommandError) {
        let normal = try Self.normalForm(registry)
        let history = try LoadHistory(of: count, pipeline: normal)
        try await time("encode", count) { LoadHistory.rows(history.payloads).count }
        try await time("decode", count) { () throws(CommandError) in
            do throws(StoreError) {
                for row in history.rows { _ = try EventCodec.decode(row) }
            } catch {
                throw .broken("\(error)")
            }
            return count
        }
        try await time("verify", count) { Self.verified(history.rows) }
        try await time("fold", count) { RunState(replaying: history.events).sequence }
        try await stored(history)
    }

    private func stored(_ history: LoadHistory) async throws(CommandError) {
        let count = history.rows.count
        let shelf = try LoadShelf(path: "\(directory)/load-\(count).db")
        try await time("append", count) { () throws(CommandError) in try await shelf.append(history) }
        try await time("read", count) { () throws(CommandError) in try await shelf.read() }
        await shelf.close()
    }

    private static func normalForm(_ registry: Registry) throws(CommandError) -> JSONValue {
        do throws(Diagnostics) {
            return try PipelineLoader(.standard, registry: registry).load(builtIn: "pytest").pipeline.json
        } catch {
            throw .broken("\(error)")
        }
    }

    /// How many rows follow each other without a gap or a change.
    private static func verified(_ rows: [StoredEvent]) -> Int {
        var (sequence, head) = (0, Chain.start)
        for row in rows {
            guard Chain.problem(with: row, after: sequence, head: head) == nil else { break }
            (sequence, head) = (row.sequence, row.digest)
        }
        return sequence
    }

    private func time(
        _ what: String,
        _ count: Int,
        _ work: () async throws(CommandError) -> Int
    ) async throws(CommandError) {
        let each = try await Pace.median(what, answering: count, work) / Double(count)
        lines.tell(
            "load",
            [
                "what": .string(what), "events": .int(count), "us_per_event": .double(each.rounded),
                "events_per_second": .int(Int((1e6 / each).rounded)),
            ]
        )
    }
}
