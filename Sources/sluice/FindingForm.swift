import PipelineKit

/// How what was found in files is printed for programs.
enum FindingForm {
    /// `{"findings": [{"file": …, "line": …, "column": …, "end_column": …, "severity": …, "message": …}]}`
    case json
    /// `::error file=…,line=…,col=…,endColumn=…::message`, one a line.
    case github

    func text(_ findings: [Diagnostic]) -> String {
        switch self {
        case .json: Self.json(findings) + "\n"
        case .github: findings.map { Self.command($0) + "\n" }.joined()
        }
    }

    private static func json(_ findings: [Diagnostic]) -> String {
        let all: JSONValue = ["findings": .array(findings.map(json))]
        return String(decoding: all.encoded(.pretty), as: UTF8.self)
    }

    /// Columns count from 1, in Unicode scalars; the end is the column behind the last that is meant.
    private static func json(_ finding: Diagnostic) -> JSONValue {
        var members: [String: JSONValue] = [
            "file": .string(finding.file), "severity": .string(finding.severity.rawValue),
            "message": .string(finding.message),
        ]
        if let place = finding.place {
            members["line"] = .int(place.line)
            members["column"] = .int(place.column)
            members["end_column"] = .int(place.column + place.length)
        }
        return .object(members)
    }

    private static func command(_ finding: Diagnostic) -> String {
        var properties = ["file=\(escaped(property: finding.file))"]
        if let place = finding.place {
            properties += ["line=\(place.line)", "col=\(place.column)", "endColumn=\(place.column + place.length)"]
        }
        return "::\(finding.severity.rawValue) \(properties.joined(separator: ","))::\(escaped(finding.message))"
    }

    /// As the toolkit of GitHub Actions escapes the words of a command (`@actions/core`, command.ts).
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escaped(property text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
