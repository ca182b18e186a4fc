import PipelineKit

/// What `ruff check --output-format=json` prints: a list of
/// `{"code": "F401", "message": ..., "filename": ..., "location": {"row": 1, "column": 8}}`; the code of a file that
/// cannot be read as Python is `invalid-syntax` or null. https://docs.astral.sh/ruff/settings/#output-format.
enum RuffReport {
    /// - Parameter place: The path as the workspace knows it.
    /// - Throws: `.unavailable` when it is not such a list.
    static func findings(_ bytes: [UInt8], place: (String) -> String) throws(Failure) -> [Verdict.Finding] {
        try LinterJSON.read(bytes, of: "ruff").elements.map { entry in
            Verdict.Finding(
                LinterJSON.level(entry["severity"]?.text),
                entry["message"]?.text ?? "",
                rule: entry["code"]?.text,
                file: entry["filename"]?.text.map(place),
                line: entry["location"]?["row"]?.integer,
                column: entry["location"]?["column"]?.integer
            )
        }
    }
}

/// What reports of linters have in common.
enum LinterJSON {
    /// - Throws: `.unavailable` when it is no JSON, saying where.
    static func read(_ bytes: [UInt8], of name: String) throws(Failure) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Failure(.unavailable, "The report of \(name) cannot be read. \(error)")
        }
    }

    /// `error` for every word but those for less.
    static func level(_ word: String?) -> Verdict.Finding.Level {
        switch word {
        case "warning": .warning
        case "note", "information", "info", "help": .note
        default: .error
        }
    }
}
