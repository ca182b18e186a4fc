public import PipelineKit

extension SQLBenchmarkGate {
    public struct Settings: Fields {
        @Field("The SQLite file, relative to the workspace or absolute.") var database: String? = nil
        @Field("The query for it.") var query: String? = nil
        @Field("The file of the workspace that has the query.") var queryFile: String? = nil
        @Field("A command line that asks any other database and prints its rows, one a line.") var command: String? =
            nil
        @Field("Milliseconds that the query may take.") var maxMs: Double
        @Field("How many rows it must give.") var expectedRows: Int
        @Field("The SHA-256 of the rows it must give, as the verdict names it.") var expectedDigest: String? = nil
        @Field("How often it is measured, from 5 to 100.") var runs: Int = 5
        @Field("How often it is run before that without being measured.") var warmup: Int = 1
        @Field("The sqlite3 to use, by path or name; sqlite3 by default.") var program: String? = nil
        @Field("How long each run may take before it is ended and the gate cannot answer.")
        var timeout: Duration = .seconds(600)
        public init() {}
    }

    static func check(_ settings: Settings) throws(Failure) {
        try SpeedChecks.require(runs: settings.runs, warmup: settings.warmup)
        guard settings.timeout > .zero else { throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.") }
        guard settings.maxMs > 0, settings.maxMs.isFinite else {
            throw Failure(.invalidInput, "Field 'max_ms' must be more than 0, but is \(settings.maxMs).")
        }
        guard settings.expectedRows >= 0 else {
            throw Failure(.invalidInput, "Field 'expected_rows' must be 0 or more, but is \(settings.expectedRows).")
        }
        if let digest = settings.expectedDigest, digest.count != 64 || !digest.allSatisfy(\.isHexDigit) {
            throw Failure(
                .invalidInput,
                "Field 'expected_digest' must be the 64 hexadecimal digits of a SHA-256, but is '\(digest)'."
            )
        }
        try checkSource(settings)
    }

    /// A database with one query, or a command.
    private static func checkSource(_ settings: Settings) throws(Failure) {
        let hasQuery = settings.query != nil || settings.queryFile != nil
        if let command = settings.command {
            guard settings.database == nil, !hasQuery else {
                throw Failure(.invalidInput, "Field 'command' asks by itself; leave 'database' and the query out.")
            }
            guard command.contains(where: { !$0.isWhitespace }) else {
                throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
            }
            return
        }
        guard settings.database?.isEmpty == false else {
            throw Failure(
                .invalidInput,
                "Field 'database' must name an SQLite file; for any other database give a 'command'."
            )
        }
        guard hasQuery, settings.query == nil || settings.queryFile == nil else {
            throw Failure(.invalidInput, "Give either 'query' or 'query_file'.")
        }
    }
}
