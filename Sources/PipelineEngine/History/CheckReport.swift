import PipelineKit

/// Everything that a check found, as it is kept beside its event.
struct CheckReport: Sendable, Hashable {
    var cases: [TestCase] = []
    var findings: [Verdict.Finding] = []
    /// The cases of the tree with the files that the goal holds out.
    var heldOut: [TestCase] = []

    init() {}

    init(_ verdict: Verdict) {
        cases = verdict.cases
        findings = verdict.findings
        heldOut = verdict.heldOut?.cases ?? []
    }

    /// - Returns: `nil` for what is no report. Until findings were kept, a report was the list of its cases.
    init?(_ json: JSONValue) {
        switch json {
        case .array(let cases): self.cases = cases.compactMap { TestCase(EventBody($0)) }
        case .object:
            let body = EventBody(json)
            cases = body.list("cases").compactMap(TestCase.init)
            findings = body.list("findings").compactMap(Verdict.Finding.init)
            heldOut = body.list("held_out").compactMap(TestCase.init)
        default: return nil
        }
    }

    /// Where it was judged with the files that are held out, all cases were judged there.
    var everyCase: [TestCase] { heldOut.isEmpty ? cases : heldOut }

    var isEmpty: Bool { cases.isEmpty && findings.isEmpty && heldOut.isEmpty }

    var json: JSONValue {
        if findings.isEmpty, heldOut.isEmpty { return .array(cases.map(\.body)) }
        return .object(
            ["cases": .array(cases.map(\.body)), "findings": .array(findings.map(\.body))].adding([
                "held_out": heldOut.isEmpty ? nil : .array(heldOut.map(\.body))
            ])
        )
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
