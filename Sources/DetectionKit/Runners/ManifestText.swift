import PipelineKit

/// What manifests say, as far as one line tells it.
extension String {
    var manifestLines: [Substring] { split(whereSeparator: \.isNewline) }

    /// The first header of a section of TOML or of an INI file with one of these names, or below one, such as
    /// `[tool.ruff.lint]`.
    func section(_ names: String..., below: Bool = false) -> String? {
        for line in manifestLines {
            let line = line.trimmed
            guard line.hasPrefix("["), !line.hasPrefix("[["), let end = line.firstIndex(of: "]") else { continue }
            let name = line[line.index(after: line.startIndex)..<end].trimmed
            if names.contains(where: { name == $0 || below && name.hasPrefix("\($0).") }) { return "[\(name.oneLine)]" }
        }
        return nil
    }

    /// Without what stands behind a mark of comments, where one begins: `https://` has none.
    func withoutComments(_ mark: String) -> String {
        guard contains(mark) else { return self }
        return manifestLines.map { line in
            let marks = line.ranges(of: mark).map(\.lowerBound)
            let begin = marks.first { $0 == line.startIndex || line[line.index(before: $0)].isWhitespace }
            return begin.map { line[..<$0] } ?? line
        }.joined(separator: "\n")
    }
}
