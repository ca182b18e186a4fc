import PipelineKit

/// What `eslint --format json` prints: a list of files, each
/// `{"filePath": ..., "messages": [{"ruleId": "no-undef", "severity": 2, "message": ..., "line": 1, "column": 5}],
/// "suppressedMessages": [...]}`; severity 1 is a warning, and `ruleId` is null for a file that cannot be parsed. Exit
/// status 1 is for errors, 2 for a wrong configuration or a crash: https://eslint.org/docs/latest/use/formatters/#json.
enum ESLintReport {
    /// - Throws: `.invalidInput` with ESLint's words when it could not check.
    static func verdict(
        _ end: LinterEnd,
        level: Threshold,
        place: (String) -> String
    ) throws(Failure) -> Verdict {
        guard end.status <= 1 else {
            guard end.status == 2, nothingToCheck.contains(where: { end.errors.contains($0) }) else {
                throw end.failure()
            }
            return LinterReport(name: "ESLint", findings: [], files: 0).verdict
        }
        let files = try LinterJSON.read(end.bytes, of: "eslint").elements
        return LinterReport(
            name: "ESLint",
            findings: files.flatMap { findings($0, place) },
            files: files.count,
            suppressed: files.reduce(0) { $0 + ($1["suppressedMessages"]?.elements.count ?? 0) },
            level: level,
            isClean: end.status == 0
        ).verdict
    }

    /// https://github.com/eslint/eslint/tree/main/messages: file-not-found, no-config-found is another matter.
    private static let nothingToCheck = [
        "No files matching the pattern", "All files matched by", "all of the files matching the glob pattern",
    ]

    private static func findings(_ file: JSONValue, _ place: (String) -> String) -> [Verdict.Finding] {
        (file["messages"]?.elements ?? []).map { message in
            Verdict.Finding(
                message["severity"]?.integer == 1 ? .warning : .error,
                message["message"]?.text ?? "",
                rule: message["ruleId"]?.text,
                file: file["filePath"]?.text.map(place),
                line: message["line"]?.integer,
                column: message["column"]?.integer
            )
        }
    }
}
