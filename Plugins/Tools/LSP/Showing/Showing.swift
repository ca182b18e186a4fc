import PipelineKit
import RPCKit
import WorkspaceKit

/// Puts what a server answers into lines of text: `src/a.py:12:5: def add(a, b):`.
struct Showing {
    let files: SourceFiles
    let encoding: PositionEncoding
    /// How many places are shown.
    let most: Int

    init(_ files: SourceFiles, _ encoding: PositionEncoding, most: Int) {
        self.files = files
        self.encoding = encoding
        self.most = most
    }

    /// A location, a list of them, or of links (LSP 3.17, definition); each place once.
    func places(in result: JSONValue, none: String) -> String {
        let all = (result.elements.isEmpty ? [result] : result.elements).compactMap(FoundPlace.init)
        var seen: Set<FoundPlace> = []
        let lines = all.filter { seen.insert($0).inserted }.sorted().map { line($0) }
        return lines.isEmpty ? none : list(lines, "places")
    }

    /// `Contents` of a hover: marked text, plain text, or a list of either.
    func hover(_ result: JSONValue, none: String) -> String {
        let contents = result["contents"] ?? .null
        let parts = contents.elements.isEmpty ? [contents] : contents.elements
        let text = parts.compactMap { $0.text ?? $0["value"]?.text }.joined(separator: "\n").trimmed
        return text.isEmpty ? none : text.harmless(most: 8_000)
    }

    /// What is wrong with a file, in the order of its lines.
    func diagnostics(_ found: [JSONValue], of file: SyncedFile?) -> String {
        guard let file else { return "" }
        let all = found.compactMap { json in FoundPlace(uri: file.uri, json["range"]).map { ($0, json) } }
        guard !all.isEmpty else { return "Nothing is wrong with '\(file.path)', says the server." }
        let lines = all.sorted { $0.0 < $1.0 }.map { place, json in line(place, Self.complaint(json)) }
        return list(lines, "complaints")
    }

    /// `error: "y" is not defined (reportUndefinedVariable)`
    private static func complaint(_ json: JSONValue) -> String {
        let severity =
            [1: "error", 2: "warning", 3: "information", 4: "hint"][json["severity"]?.integer ?? 1] ?? "error"
        let message = (json["message"]?.text ?? "").harmless(most: 500)
        let code = json["code"].flatMap { $0.text ?? $0.integer.map(String.init) }.map { " (\($0.harmless(most: 80)))" }
        return "\(severity): \(message.split(whereSeparator: \.isNewline).joined(separator: " "))\(code ?? "")"
    }

    func list(_ lines: [String], _ noun: String) -> String { ShownList(lines, most: most, noun: noun).text }

    /// - Parameter words: What is said of the place, before its line.
    func line(_ place: FoundPlace, _ words: String? = nil) -> String {
        let path = files.path(of: place.uri)
        let source = path.flatMap { try? files.source($0) }
        let name = path ?? FileURI.path(place.uri) ?? place.uri.harmless(most: 200)
        let said = words.map { ": \($0)" } ?? ""
        guard let source, source.lines.indices.contains(place.line) else {
            return "\(name):\(place.line + 1):\(place.units + 1)\(said)"
        }
        let text = source.lines[place.line]
        let column = encoding.scalars(before: place.units, in: text) + 1
        let shown = text.shownLine
        return "\(name):\(place.line + 1):\(column)\(said)" + (shown.isEmpty ? "" : ": \(shown)")
    }
}

/// A place as a server gives it.
struct FoundPlace: Hashable, Comparable {
    let uri: String
    /// Counted from 0.
    let line: Int
    /// In the units of the server's encoding, from 0.
    let units: Int

    /// `nil` for what is no place.
    init?(uri: String, _ range: JSONValue?) {
        guard let start = range?["start"], let line = start["line"]?.integer, let units = start["character"]?.integer,
            (0..<Int(Int32.max)).contains(line), (0..<Int(Int32.max)).contains(units)
        else { return nil }
        self.uri = uri
        self.line = line
        self.units = units
    }

    /// A location, or a link to one.
    init?(_ json: JSONValue) {
        guard let uri = json["uri"]?.text ?? json["targetUri"]?.text else { return nil }
        self.init(uri: uri, json["range"] ?? json["targetSelectionRange"])
    }

    static func < (left: FoundPlace, right: FoundPlace) -> Bool {
        (left.uri, left.line, left.units) < (right.uri, right.line, right.units)
    }
}
