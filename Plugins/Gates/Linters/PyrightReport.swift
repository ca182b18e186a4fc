import PipelineKit

/// What `pyright --outputjson` prints: `{"generalDiagnostics": [{"file": ..., "severity": "error", "message": ...,
/// "rule": ..., "range": {"start": {"line": 3, "character": 11}, ...}}], "summary": {"filesAnalyzed": 1, ...}}`, lines and
/// characters from 0. Exit status 1 is for errors, 2 to 4 for a crash, a wrong configuration and wrong arguments:
/// https://github.com/microsoft/pyright/blob/main/docs/command-line.md.
enum PyrightReport {
    /// - Throws: `.invalidInput` for a configuration or arguments that pyright does not take, `.unavailable` when it broke.
    static func verdict(
        _ end: LinterEnd,
        level: Threshold,
        place: (String) -> String
    ) throws(Failure) -> Verdict {
        guard end.status <= 1 else { throw end.failure(end.status == 2 ? .unavailable : .invalidInput) }
        if let mistake = configurationMistake(end.errors) {
            throw Failure(.invalidInput, "pyright does not understand its configuration: \(mistake)")
        }
        let report = try LinterJSON.read(end.bytes, of: "pyright")
        guard let files = report["summary"]?["filesAnalyzed"]?.integer else {
            throw Failure(
                .unavailable,
                "The report of pyright cannot be read. It does not say how many files it is of."
            )
        }
        let entries = report["generalDiagnostics"]?.elements ?? []
        return LinterReport(
            name: "Pyright",
            findings: entries.map { finding($0, place) },
            files: files,
            level: level,
            isClean: end.status == 0
        ).verdict
    }

    private static func finding(_ entry: JSONValue, _ place: (String) -> String) -> Verdict.Finding {
        let start = entry["range"]?["start"]
        return Verdict.Finding(
            LinterJSON.level(entry["severity"]?.text),
            entry["message"]?.text ?? "",
            rule: entry["rule"]?.text,
            file: entry["file"]?.text.map(place),
            line: start?["line"]?.integer.map { $0 &+ 1 },
            column: start?["character"]?.integer.map { $0 &+ 1 }
        )
    }

    /// pyright goes on without a configuration that it cannot read. A setting that it does not know may be one of
    /// basedpyright.
    private static func configurationMistake(_ errors: String) -> String? {
        errors.split(separator: "\n").first { $0.hasPrefix("Config ") && !$0.contains("unrecognized setting") }
            .map(String.init)
    }
}
