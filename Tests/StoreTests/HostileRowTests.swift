import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

/// What another program wrote into the tables gives a sentence that names it, and never a trap.
struct HostileRowTests {
    /// How a row comes to light.
    enum Door: Sendable {
        case events, summary, list, append, claim, artifact
    }

    static let artifact = Artifact(Array("abc".utf8))

    @Test(
        arguments: [
            (
                "event SET digest = zeroblob(31)", .events,
                "'digest' of event 2 of run 'r1' is 31 bytes, not the 32 bytes of a digest"
            ),
            ("event SET digest = 'text'", .events, "'digest' of event 2 of run 'r1' is \"text\", not bytes"),
            ("event SET version = -1", .events, "'version' of event 2 of run 'r1' is -1, not a number from 1"),
            ("event SET version = 'one'", .events, "'version' of event 2 of run 'r1' is \"one\", not a whole number"),
            ("event SET version = 1.5", .events, "'version' of event 2 of run 'r1' is 1.5, not a whole number"),
            (
                "event_type SET name = CAST(x'ff' AS TEXT)", .events,
                "'name' of type 1 is 1 bytes of text, not UTF-8 text"
            ),
            ("event SET type = NULL", .events, "'type' of event 2 of run 'r1' is NULL, not a whole number"),
            ("event SET type = 9", .events, "'type' of event 2 of run 'r1' is 9, not the number of a type"),
            ("event SET body = 3", .events, "'body' of event 2 of run 'r1' is 3, not text"),
            (
                "event SET occurred_at = 9223372036854775807", .events,
                "'occurred_at' of event 2 of run 'r1' is 9223372036854775807, not a time in milliseconds"
            ),
            ("event SET sequence = 9", .events, "event 2 of run 'r1' is missing"),
            ("event SET sequence = -9", .events, "event 2 of run 'r1' is missing"),
            ("event SET sequence = 'x'", .append, "'last' of run 'r1' is \"x\", not a whole number"),
            ("run SET sequence = 7", .append, "'last' of run 'r1' is 3, not 7 or more, as its row says"),
            ("run SET sequence = -7", .append, "'sequence' of run 'r1' is -7, not a number from 1"),
            ("run SET status = 'odd'", .summary, "'status' of run 'r1' is \"odd\", not a status"),
            ("run SET status = 'odd'", .list, "'status' of a run is \"odd\", not a status"),
            ("run SET details = '{'", .summary, "'details' of run 'r1' is \"{\", not JSON"),
            ("run SET details = x'7b7d'", .summary, "'details' of run 'r1' is 2 bytes, not text"),
            ("run SET wake_at = 'soon'", .summary, "'wake_at' of run 'r1' is \"soon\", not a whole number"),
            ("run SET id = CAST(x'c328' AS TEXT)", .list, "'id' of a run is 2 bytes of text, not UTF-8 text"),
            ("run SET owner = 5, lease_until = 5", .claim, "'owner' of run 'r1' is 5, not text"),
            ("run SET owner = 'a'", .claim, "'lease_until' of run 'r1' is NULL, not a whole number"),
            (
                "artifact SET bytes = x'616264'", .artifact,
                "'bytes' of artifact \(artifact.digest) is 3 bytes, not the bytes of that digest"
            ),
            ("artifact SET bytes = 'abc'", .artifact, "'bytes' of artifact \(artifact.digest) is \"abc\", not bytes"),
        ] as [(String, Door, String)]
    )
    func aHostileRowIsNamed(update: String, door: Door, complaint: String) async throws {
        try await withDatabase { path in
            try await fill(path)
            try loosen(path)
            let isOfOneEvent = update.hasPrefix("event ")
            try sqlite3(path, "UPDATE \(update)" + (isOfOneEvent ? " WHERE sequence = 2" : ""))
            let store = try SQLiteEventStore(path: path)
            await #expect(throws: damaged(path, complaint)) { try await read(store, through: door) }
            await store.close()
        }
    }

    @Test func aMissingTableIsNamed() async throws {
        try await withDatabase { path in
            try await fill(path)
            try sqlite3(path, "DROP TABLE event")
            let store = try SQLiteEventStore(path: path)
            for door in [Door.events, .append] {
                await #expect(throws: damaged(path, "no such table: event")) { try await read(store, through: door) }
            }
            await store.close()
        }
    }

    @Test func aTriggerInTheFileDoesNothing() async throws {
        try await withDatabase { path in
            try await fill(path)
            try sqlite3(path, "CREATE TRIGGER evil AFTER UPDATE ON run BEGIN DELETE FROM event; END")
            let store = try SQLiteEventStore(path: path)
            try await store.append(StoreSamples.batch(4...4, of: "r1"))
            #expect(try await store.events(of: "r1", after: 0, limit: 9).count == 4)
            await store.close()
        }
    }

    private func fill(_ path: String) async throws {
        let store = try SQLiteEventStore(path: path)
        try await store.append(StoreSamples.batch(1...3, of: "r1", artifacts: [Self.artifact]))
        await store.close()
    }

    /// Takes the types and the checks out of the schema, as a hostile file would come without them.
    private func loosen(_ path: String) throws {
        let types = [
            " INTEGER NOT NULL REFERENCES event_type", " INTEGER NOT NULL", " TEXT NOT NULL", " BLOB NOT NULL",
            " INTEGER,", " TEXT,",
        ]
        let checks = [
            " CHECK (sequence > 0)", " CHECK (version > 0)", " CHECK (length(digest) = 32)",
            " CHECK (size = length(bytes))", " CHECK ((owner IS NULL) = (lease_until IS NULL))",
        ]
        let loosened =
            (types.map { ($0, $0.hasSuffix(",") ? "," : "") }
            + checks.map { ($0, $0.hasPrefix(" CHECK ((") ? " CHECK (1)" : "") } + [("STRICT", "")])
            .reduce("sql") { "replace(\($0), '\($1.0)', '\($1.1)')" }
        try sqlite3(
            path,
            "PRAGMA writable_schema = ON;;UPDATE sqlite_schema SET sql = \(loosened) WHERE name IN ('run', 'event', 'event_type', 'artifact')"
        )
    }

    private func read(_ store: SQLiteEventStore, through door: Door) async throws {
        let now = StoreSamples.start
        switch door {
        case .events: _ = try await store.events(of: "r1", after: 0, limit: 9)
        case .summary: _ = try await store.summary(of: "r1")
        case .list: _ = try await store.summaries(RunQuery())
        case .append: try await store.append(StoreSamples.batch(4...4, of: "r1"))
        case .claim: _ = try await store.claim("r1", for: "b", until: now, now: now, overriding: nil)
        case .artifact: _ = try await store.artifact(Self.artifact.digest)
        }
    }
}
