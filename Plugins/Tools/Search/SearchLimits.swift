/// How much a search shows and looks at.
enum SearchLimits {
    /// Lines shown of a search in files.
    static let hits = 50
    /// Paths shown of a search for files.
    static let files = 100
    /// Characters shown of a line.
    static let line = 200
    /// Bytes of a file that is searched; larger ones are data.
    static let file = 1_000_000
    /// Directories that are passed over where nothing reads `.gitignore` files.
    static let passedOver: Set<String> = [".git", ".venv", "__pycache__", "node_modules", ".build", ".tox"]
}

/// A list that shows its beginning, and says how long it is.
struct ShownList {
    let text: String

    /// - Parameter isComplete: Whether `lines` is all there is.
    init(_ lines: [String], most: Int, noun: String, isComplete: Bool = true) {
        let shown = lines.prefix(most)
        let total = isComplete ? "\(lines.count)" : "more than \(lines.count)"
        let rest = shown.count < lines.count || !isComplete ? ["(\(shown.count) of \(total) \(noun) shown)"] : []
        text = (shown + rest).joined(separator: "\n")
    }
}

extension StringProtocol {
    /// The line as it is shown: without white space around it, at most 200 characters.
    var shownLine: String {
        let trimmed = drop { $0.isWhitespace }
        let end = trimmed.lastIndex { !$0.isWhitespace }.map(trimmed.index(after:)) ?? trimmed.startIndex
        let line = trimmed[..<end]
        return line.count > SearchLimits.line ? line.prefix(SearchLimits.line) + "…" : String(line)
    }
}
