import PipelineKit

/// Everything that a check found, as it is kept beside its event.
struct CheckReport: Sendable, Hashable {
    var cases: [TestCase] = []
    var findings: [Verdict.Finding] = []

    init(_ verdict: Verdict) {
        cases = verdict.cases
        findings = verdict.findings
    }

    /// - Returns: `nil` for what is no report. Until findings were kept, a report was the list of its cases.
    init?(_ json: JSONValue) {
        switch json {
        case .array(let cases): self.cases = cases.compactMap { TestCase(EventBody($0)) }
        case .object:
            let body = EventBody(json)
            cases = body.list("cases").compactMap(TestCase.init)
            findings = body.list("findings").compactMap(Verdict.Finding.init)
        default: return nil
        }
    }

    var isEmpty: Bool { cases.isEmpty && findings.isEmpty }

    var json: JSONValue {
        findings.isEmpty
            ? .array(cases.map(\.body))
            : ["cases": .array(cases.map(\.body)), "findings": .array(findings.map(\.body))]
    }
}

extension Verdict.Finding {
    init?(_ body: EventBody) {
        guard let level: Level = body.word("level"), let message = body.text("message") else { return nil }
        self.init(
            level,
            message,
            rule: body.text("rule"),
            file: body.text("file"),
            line: body.integer("line"),
            column: body.integer("column")
        )
    }

    /// The finding as JSON, in events and in reports.
    var body: JSONValue {
        .object(
            ["level": .string(level.rawValue), "message": .string(message)].adding([
                "rule": rule.map(JSONValue.string), "file": file.map(JSONValue.string),
                "line": line.map(JSONValue.int), "column": column.map(JSONValue.int),
            ])
        )
    }
}
