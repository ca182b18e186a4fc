import PipelineKit

/// What `mypy --output=json` prints: an object a line,
/// `{"file": ..., "line": 4, "column": 11, "message": ..., "hint": ..., "code": "return-value", "severity": "error"}`, and
/// a summary. Lines count from 1, columns from 0. Exit status 1 is for errors, 2 for what stops mypy, a syntax error
/// among that: https://mypy.readthedocs.io/en/stable/command_line.html.
struct MypyReport {
    private let end: LinterEnd
    private let findings: [Verdict.Finding]

    init(_ end: LinterEnd, place: (String) -> String) {
        self.end = end
        findings = end.output.split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap { line in
            (try? JSONValue(parsing: String(line))).flatMap { Self.finding($0, place) }
        }
    }

    private static func finding(_ entry: JSONValue, _ place: (String) -> String) -> Verdict.Finding? {
        guard let message = entry["message"]?.text else { return nil }
        let hint = entry["hint"]?.text.map { "\n\($0)" } ?? ""
        return Verdict.Finding(
            LinterJSON.level(entry["severity"]?.text),
            message + hint,
            rule: entry["code"]?.text,
            file: entry["file"]?.text.map(place),
            line: entry["line"]?.integer.flatMap { $0 > 0 ? $0 : nil },
            column: entry["column"]?.integer.flatMap { $0 >= 0 ? $0 &+ 1 : nil }
        )
    }

    /// - Throws: `.invalidInput` when mypy does not take its configuration or its arguments, `.unavailable` when it broke.
    func verdict() throws(Failure) -> Verdict {
        if end.errors.contains("INTERNAL ERROR") { throw end.failure(.unavailable) }
        if let mistake = configurationMistake {
            throw Failure(.invalidInput, "mypy does not understand its configuration: \(mistake)")
        }
        if end.status == 2, end.errors.hasPrefix("There are no .py[i] files") {
            return LinterReport(name: "Mypy", findings: [], files: 0).verdict
        }
        guard (end.status == 0 || !findings.isEmpty) && end.status <= 2 else { throw end.failure() }
        return LinterReport(name: "Mypy", findings: findings, isClean: end.status == 0).verdict
    }

    /// mypy only warns of what it cannot read in its configuration, and then checks less than it should.
    private var configurationMistake: String? {
        let files = ["mypy.ini: ", ".mypy.ini: ", "setup.cfg: ", "pyproject.toml: "]
        return end.errors.split(separator: "\n").first { line in files.contains { line.hasPrefix($0) } }.map(
            String.init
        )
    }
}
