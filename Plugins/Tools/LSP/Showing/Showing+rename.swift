import PipelineKit
import RPCKit
import WorkspaceKit

extension Showing {
    /// What a rename would change, line by line; nothing is.
    func rename(_ result: JSONValue, of symbol: String) -> String {
        var edits: [String: [JSONValue]] = result["changes"]?.members.mapValues(\.elements) ?? [:]
        var others: [String] = []
        for change in result["documentChanges"]?.elements ?? [] {
            if let uri = change["textDocument"]?["uri"]?.text {
                edits[uri, default: []] += change["edits"]?.elements ?? []
            } else {
                others.append("(It would also \((change["kind"]?.text ?? "change").harmless(most: 20)) a file.)")
            }
        }
        let lines = edits.sorted { $0.key < $1.key }.flatMap { uri, edits in changedLines(edits, of: uri) }
        guard !lines.isEmpty else { return "'\(symbol)' cannot be renamed: the server would change nothing." }
        return "Nothing has been changed. The rename would change:\n" + list(lines + others, "lines")
    }

    /// `a.py:3: def add(a, b):` and below it `a.py:3> def plus(a, b):`.
    private func changedLines(_ edits: [JSONValue], of uri: String) -> [String] {
        guard let path = files.path(of: uri), let source = try? files.source(path) else {
            return [
                "\((FileURI.path(uri) ?? uri).harmless(most: 200)): \(edits.count) changes outside of the workspace"
            ]
        }
        let found = edits.compactMap(LineEdit.init)
        let byLine = Dictionary(grouping: found.filter { source.lines.indices.contains($0.line) }, by: \.line)
        let whole = byLine.sorted { $0.key < $1.key }.map { number, edits in
            let line = source.lines[number]
            let changed = edits.sorted { $0.start > $1.start }.reduce(String(line)) { $1.applied(to: $0, encoding) }
            return "\(path):\(number + 1): \(line.shownLine)\n\(path):\(number + 1)> \(changed.shownLine)"
        }
        let rest = edits.count - byLine.values.reduce(0) { $0 + $1.count }
        return whole + (rest == 0 ? [] : ["\(path): \(rest) more changes, of several lines each"])
    }
}

/// A change within one line.
private struct LineEdit {
    let line: Int
    let start: Int
    private let end: Int
    private let text: String

    /// `nil` for one that reaches over the end of a line.
    init?(_ json: JSONValue) {
        guard let start = FoundPlace(uri: "", json["range"]), let text = json["newText"]?.text,
            let end = FoundPlace(uri: "", ["start": json["range"]?["end"] ?? .null]), start.line == end.line,
            start.units <= end.units, !text.contains(where: \.isNewline)
        else { return nil }
        (line, self.start, self.end, self.text) = (start.line, start.units, end.units, text)
    }

    func applied(to line: String, _ encoding: PositionEncoding) -> String {
        let scalars = line.unicodeScalars
        let first = scalars.prefix(encoding.scalars(before: start, in: line[...]))
        let rest = scalars.dropFirst(encoding.scalars(before: end, in: line[...]))
        return String(first) + text.harmless(most: 200) + String(rest)
    }
}
