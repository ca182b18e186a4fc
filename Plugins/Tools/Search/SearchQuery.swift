import PipelineKit
import WorkspaceKit

/// What is looked for in files.
struct SearchQuery: Sendable {
    var pattern: String
    var isRegex: Bool
    var ignoresCase: Bool

    /// The sentence for a pattern that no search understands; ripgrep's last line says what is wrong.
    func mistake(_ words: String) -> Failure {
        let last = words.split(separator: "\n").last.map(String.init) ?? ""
        let reason = last.hasPrefix("error: ") ? String(last.dropFirst(7)) : last
        return Failure(.invalidInput, "Pattern '\(pattern)' is no regular expression: \(reason).")
    }
}

/// One line that matched.
struct SearchHit: Sendable, Hashable {
    var path: String
    var line: Int
    var text: String

    /// `src/a.py:12: return a - b`
    var shown: String { "\(path):\(line): \(text.shownLine)" }
}
