import PipelineKit

extension RunReport {
    /// The failing cases, and the findings, that are shown one by one.
    private static let most = 50
    /// Bytes of a message that are shown.
    private static let messageLimit = 2_000

    /// The report as GitHub-flavoured Markdown, as for the summary of a job or a comment on a change.
    public var markdown: String {
        let sections = [heading, numbers, failures, remarks, measured]
        return Self.harmless(sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n")
    }

    /// Without what a terminal would obey, and what hides or turns text (Unicode TR 36, section 2).
    private static func harmless(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 9, 10: scalar
                    case 0..<32, 127..<160, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
                    default: scalar
                    }
                }
            )
        )
    }

    private var heading: String {
        let word =
            switch result.outcome {
            case .passed: "holds"
            case .failed: "does not hold"
            case .flaky: "is flaky"
            case .unanswered: "could not be judged"
            }
        return "## \(Self.plain(goal)) \(word)\n\n\(Self.plain(result.reason))"
    }

    private var numbers: String {
        let order: [TestCase.Outcome] = [.passed, .failed, .error, .skipped]
        let counts = order.compactMap { outcome in result.counts[outcome].map { "\($0) \(outcome.rawValue)" } }
        let facts = [
            "Run `\(run)`", "pipeline \(Self.plain(pipeline))", name, status.rawValue.replacing("_", with: " "),
            "\(Int(seconds.rounded())) s",
        ]
        return (facts + counts).joined(separator: " · ")
    }

    private var failures: String {
        let failing = cases.filter { $0.outcome == .failed || $0.outcome == .error }
        guard !failing.isEmpty else { return "" }
        let shown = failing.prefix(Self.most).map { test in
            let place = test.file.map { file in " (\(Self.plain(file))\(test.line.map { ":\($0)" } ?? ""))" } ?? ""
            return "#### \(Self.plain(test.id))\(place)\n\n\(Self.fenced(test.message))"
        }
        return "### Failing\n\n" + shown.joined(separator: "\n\n") + Self.more(failing.count)
    }

    private var remarks: String {
        guard !findings.isEmpty else { return "" }
        let shown = findings.prefix(Self.most).map { "- \(Self.plain("\($0)"))" }
        return "### Findings\n\n" + shown.joined(separator: "\n") + Self.more(findings.count)
    }

    private var measured: String {
        guard !result.metrics.isEmpty else { return "" }
        let rows = result.metrics.sorted { $0.key < $1.key }.map { "| \(Self.plain($0.key)) | \($0.value) |" }
        return "### Measured\n\n| | |\n|---|---|\n" + rows.joined(separator: "\n")
    }

    private static func more(_ count: Int) -> String { count > most ? "\n\n\(count - most) more are left out." : "" }

    /// A text without meaning for Markdown, on one line.
    private static func plain(_ text: String) -> String {
        text.prefix(messageLimit).reduce(into: "") { result, character in
            switch character {
            case "\n", "\r\n", "\r": result += " "
            case "\\", "`", "*", "_", "[", "]", "<", ">", "#", "|", "~", "!", "&", "@":
                result += "\\\(character)"
            default: result.append(character)
            }
        }
    }

    /// A text as it is; its fence is longer than any in it.
    private static func fenced(_ text: String) -> String {
        guard !text.isEmpty else { return "" }
        let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)text\n\(text.prefix(messageLimit))\n\(fence)"
    }
}
