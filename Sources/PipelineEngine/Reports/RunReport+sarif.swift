public import PipelineKit

extension RunReport {
    /// The report as SARIF 2.1.0, which code hosts show beside the lines of a change:
    /// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
    ///
    /// Failing cases are results of the rule `test-failure`; a goal that does not hold without any is one of `goal`.
    public var sarif: JSONValue {
        let results = sarifResults
        let rules = Set(results.map(\.rule)).sorted()
        return [
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": [
                            "name": "Sluice", "semanticVersion": .string(version),
                            "rules": .array(rules.map { ["id": .string($0)] }),
                        ]
                    ],
                    "automationDetails": ["id": .string("\(pipeline)/\(run)")],
                    "originalUriBaseIds": ["SRCROOT": ["description": ["text": "The workspace."]]],
                    "results": .array(results.map(\.json)),
                ]
            ],
        ]
    }

    private var sarifResults: [SARIFResult] {
        let failing = cases.filter { $0.outcome == .failed || $0.outcome == .error }
        let all =
            failing.map { test in
                let message = test.message.isEmpty ? test.id : "\(test.id): \(test.message)"
                return SARIFResult(rule: "test-failure", level: .error, message, file: test.file, line: test.line)
            }
            + findings.map { finding in
                SARIFResult(
                    rule: finding.rule ?? "finding",
                    level: finding.level,
                    finding.message,
                    file: finding.file,
                    line: finding.line,
                    column: finding.column
                )
            }
        return all.isEmpty && !result.holds ? [SARIFResult(rule: "goal", level: .error, result.reason)] : all
    }
}

/// One result of a SARIF log.
private struct SARIFResult {
    let rule: String
    let level: Verdict.Finding.Level
    let message: String
    let file: String?
    let line: Int?
    let column: Int?

    init(
        rule: String,
        level: Verdict.Finding.Level,
        _ message: String,
        file: String? = nil,
        line: Int? = nil,
        column: Int? = nil
    ) {
        self.rule = rule
        self.level = level
        self.message = message
        self.file = file
        self.line = line
        self.column = column
    }

    var json: JSONValue {
        .object(
            ["ruleId": .string(rule), "level": .string(level.rawValue), "message": ["text": .string(message)]].adding([
                "locations": file.map { .array([location($0)]) }
            ])
        )
    }

    private func location(_ file: String) -> JSONValue {
        // What is not below the workspace has no place relative to it.
        let uri = JSONValue.string(Self.escaped(file))
        let artifact: JSONValue = file.hasPrefix("/") ? ["uri": uri] : ["uri": uri, "uriBaseId": "SRCROOT"]
        let region = line.map { line -> JSONValue in
            .object(["startLine": .int(max(1, line))].adding(["startColumn": column.map { .int(max(1, $0)) }]))
        }
        return [
            "physicalLocation": .object(["artifactLocation": artifact].adding(["region": region]))
        ]
    }

    /// A path as a URI reference; RFC 3986, section 3.3.
    private static func escaped(_ path: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=@/".utf8)
        let digits = Array("0123456789ABCDEF")
        return path.utf8.reduce(into: "") { text, byte in
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
