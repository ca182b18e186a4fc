import FoundationEssentials
import Glibc
import PipelineEngine

/// The tables, as numbered steps; a database knows the number of the last one it took (`PRAGMA user_version`).
enum SQLiteSchema {
    /// Marks the file as ours, in its header: "SLUC".
    static let applicationID = 0x534C_5543

    /// Steps are added, never changed.
    static let migrations = [first, records, filters, types, accounts, led, groups]

    /// Brings the database to this version's schema; nothing is changed in a file that is not ours or is newer.
    static func prepare(_ connection: SQLiteConnection) throws(StoreError) {
        guard !connection.isReadOnly else { throw .readOnly(connection.path) }
        let last = try connection.transaction("BEGIN") { () throws(StoreError) in try version(of: connection) }
        guard last < migrations.count else { return }  // writes nothing on a full disk
        // Both are kept in the file and must be set before its first table. A commit writes whole pages, and most commits
        // are a row in two of them; freed pages can be given back to the disk.
        try connection.execute("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;")
        try writeAhead(connection)
        try migrate(connection)
    }

    /// Switches to the write-ahead log; while another process does the same, SQLite refuses at once and does not wait.
    private static func writeAhead(_ connection: SQLiteConnection) throws(StoreError) {
        for _ in 0..<2_000 {
            do throws(StoreError) {
                return try connection.execute("PRAGMA journal_mode = WAL")
            } catch {
                guard error == .locked(connection.path) else { throw error }
                usleep(5_000)
            }
        }
        throw .locked(connection.path)
    }

    /// Takes the missing steps, all or none; another process may just have done so.
    private static func migrate(_ connection: SQLiteConnection) throws(StoreError) {
        try connection.transaction("BEGIN IMMEDIATE") { () throws(StoreError) in
            for step in migrations.dropFirst(try version(of: connection)) { try connection.execute(step) }
            try connection.execute("PRAGMA user_version = \(migrations.count)")
        }
    }

    /// What every connection sets for itself.
    static let settings = """
        PRAGMA synchronous = FULL; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;
        PRAGMA journal_size_limit = 67108864;
        """

    /// What a connection sets that only reads; its cache is small (500 kB), as the system has the pages too.
    static let readingSettings = settings + "PRAGMA query_only = ON; PRAGMA cache_size = -500;"

    /// The number of the last step; inside a transaction, because the answer is made of three.
    private static func version(of connection: SQLiteConnection) throws(StoreError) -> Int {
        let application = try number("PRAGMA application_id", connection)
        let version = try number("PRAGMA user_version", connection)
        let tables = try number("SELECT count(*) FROM sqlite_schema", connection)
        guard application == applicationID || (application == 0 && version == 0 && tables == 0) else {
            throw .unreadable("The file '\(connection.path)' is a database of another program. Use another with --db.")
        }
        guard version <= migrations.count else { throw newer(version, connection.path) }
        return max(0, version)
    }

    private static func newer(_ version: Int, _ path: String) -> StoreError {
        .unreadable(
            "The database '\(path)' was written by a newer Sluice (schema \(version); this one knows "
                + "\(migrations.count)). Use that version, or another database with --db."
        )
    }

    private static func number(_ sql: String, _ connection: SQLiteConnection) throws(StoreError) -> Int {
        let rows = try connection.rows(sql, of: "the header") { row throws(StoreError) in
            try row.integer(0, from: .min)
        }
        return rows.first ?? 0
    }

    // An event is found by its own index and lies in the table in the order of arrival. Measured against a table
    // WITHOUT ROWID: as big with bodies of 2 bytes, a third with bodies of 2 kB, and with 50 runs at once a group commit
    // writes a fifth of the pages, because all new rows share the last one.
    private static let first = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE run (
            key         INTEGER PRIMARY KEY,
            id          TEXT NOT NULL UNIQUE,
            pipeline    TEXT NOT NULL,
            status      TEXT NOT NULL,
            sequence    INTEGER NOT NULL CHECK (sequence > 0),
            started_at  INTEGER NOT NULL,
            updated_at  INTEGER NOT NULL,
            wake_at     INTEGER,
            details     TEXT NOT NULL,
            owner       TEXT,
            lease_until INTEGER,
            CHECK ((owner IS NULL) = (lease_until IS NULL))
        ) STRICT;
        CREATE INDEX run_updated ON run (updated_at, id);
        CREATE INDEX run_status ON run (status, updated_at, id);
        CREATE INDEX run_wake ON run (wake_at) WHERE wake_at IS NOT NULL;

        CREATE TABLE event (
            run         INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            sequence    INTEGER NOT NULL CHECK (sequence > 0),
            type        TEXT NOT NULL,
            version     INTEGER NOT NULL CHECK (version > 0),
            body        TEXT NOT NULL,
            occurred_at INTEGER NOT NULL,
            digest      BLOB NOT NULL CHECK (length(digest) = 32),
            PRIMARY KEY (run, sequence)
        ) STRICT;

        CREATE TABLE artifact (
            key         INTEGER PRIMARY KEY,
            digest      BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
            size        INTEGER NOT NULL CHECK (size = length(bytes)),
            bytes       BLOB NOT NULL
        ) STRICT;

        CREATE TABLE artifact_ref (
            run         INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            artifact    INTEGER NOT NULL REFERENCES artifact,
            PRIMARY KEY (run, artifact)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX artifact_ref_artifact ON artifact_ref (artifact);
        """

    private static let records = """
        CREATE TABLE record (
            collection  TEXT NOT NULL,
            id          TEXT NOT NULL,
            version     INTEGER NOT NULL CHECK (version > 0),
            body        TEXT NOT NULL,
            PRIMARY KEY (collection, id)
        ) STRICT, WITHOUT ROWID;
        """

    // Billionths of a dollar.
    private static let accounts = """
        CREATE TABLE account (
            name        TEXT PRIMARY KEY,
            spent       INTEGER NOT NULL,
            reserved    INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    // A row has the number of its type: the name is as long as all else that most rows say.
    private static let types = """
        CREATE TABLE event_type (
            key         INTEGER PRIMARY KEY,
            name        TEXT NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO event_type (name) SELECT DISTINCT type FROM event;

        CREATE TABLE new_event (
            run         INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
            sequence    INTEGER NOT NULL CHECK (sequence > 0),
            type        INTEGER NOT NULL REFERENCES event_type,
            version     INTEGER NOT NULL CHECK (version > 0),
            body        TEXT NOT NULL,
            occurred_at INTEGER NOT NULL,
            digest      BLOB NOT NULL CHECK (length(digest) = 32),
            PRIMARY KEY (run, sequence)
        ) STRICT;
        INSERT INTO new_event
        SELECT run, sequence, (SELECT key FROM event_type WHERE name = type), version, body, occurred_at, digest
        FROM event ORDER BY event.rowid;
        DROP TABLE event;
        ALTER TABLE new_event RENAME TO event;
        """

    // What lists are filtered by stands in columns of its own. Kept as they are written, and not generated out of the
    // details, which would be parsed anew with every event.
    private static let filters = """
        ALTER TABLE run ADD COLUMN project TEXT NOT NULL DEFAULT '';
        ALTER TABLE run ADD COLUMN origin TEXT NOT NULL DEFAULT '';
        ALTER TABLE run ADD COLUMN is_asking INTEGER NOT NULL DEFAULT 0 CHECK (is_asking IN (0, 1));
        UPDATE run SET project = coalesce(json_extract(details, '$.project'), ''),
                       origin = coalesce(json_extract(details, '$.origin'), ''),
                       is_asking = coalesce(json_array_length(details, '$.approvals') > 0, 0)
        WHERE json_valid(details);
        CREATE INDEX run_pipeline ON run (pipeline, updated_at, id);
        CREATE INDEX run_project ON run (project, updated_at, id);
        CREATE INDEX run_origin ON run (origin, updated_at, id);
        CREATE INDEX run_asking ON run (updated_at, id) WHERE is_asking;
        CREATE INDEX run_owner ON run (owner) WHERE owner IS NOT NULL;
        """

    // Runs of steps and agents, which lists of what people started leave out.
    private static let led = """
        ALTER TABLE run ADD COLUMN is_led INTEGER NOT NULL DEFAULT 0 CHECK (is_led IN (0, 1));
        UPDATE run SET is_led = json_extract(details, '$.parent') IS NOT NULL WHERE json_valid(details);
        CREATE INDEX run_own ON run (updated_at, id) WHERE NOT is_led;
        """

    // What clients count their runs to. No run of an earlier version has one.
    private static let groups = """
        ALTER TABLE run ADD COLUMN run_group TEXT NOT NULL DEFAULT '';
        CREATE INDEX run_group ON run (run_group, updated_at, id) WHERE run_group <> '';
        """
}
