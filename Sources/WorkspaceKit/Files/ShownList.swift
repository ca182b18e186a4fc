/// A list that shows its beginning, and says how long it is.
public struct ShownList {
    public let text: String

    /// - Parameters:
    ///   - isComplete: Whether `items` is all there is.
    ///   - line: How an item reads; asked of those that are shown.
    public init<Item>(
        _ items: [Item],
        most: Int,
        noun: String,
        isComplete: Bool = true,
        _ line: (Item) -> String
    ) {
        let shown = items.prefix(most).map(line)
        let total = isComplete ? "\(items.count)" : "more than \(items.count)"
        let rest = shown.count < items.count || !isComplete ? ["(\(shown.count) of \(total) \(noun) shown)"] : []
        text = (shown + rest).joined(separator: "\n")
    }

    public init(_ lines: [String], most: Int, noun: String) { self.init(lines, most: most, noun: noun, \.self) }
}

extension StringProtocol {
    /// The line as it is shown: without white space around it, at most 200 characters.
    public var shownLine: String {
        let trimmed = drop { $0.isWhitespace }
        let end = trimmed.lastIndex { !$0.isWhitespace }.map(trimmed.index(after:)) ?? trimmed.startIndex
        let line = trimmed[..<end]
        return line.count > mostShown ? line.prefix(mostShown) + "…" : String(line)
    }
}

/// Characters shown of a line.
private let mostShown = 200
