import PipelineKit
import RPCKit

extension Showing {
    /// The names that a file declares, or that were found in the workspace: `a.py:3:7: method Calc.add: def add(self):`.
    ///
    /// - Parameter path: The file that was asked about; `nil` for the workspace, of which each name says where it stands.
    func symbols(_ result: JSONValue, in path: String?) -> String {
        var lines: [String] = []
        collect(result.elements, of: path.map(files.uri), below: "", into: &lines)
        if !lines.isEmpty { return list(lines, "names") }
        return path.map { "'\($0)' declares no name." } ?? "No such name was found."
    }

    /// - Parameter outer: The name that these stand in, with a dot behind it.
    private func collect(_ symbols: [JSONValue], of uri: String?, below outer: String, into lines: inout [String]) {
        for symbol in symbols where lines.count <= Self.mostNames {
            let own = outer + (symbol["name"]?.text ?? "?").harmless(most: 200)
            let container = symbol["containerName"]?.text.map { $0.harmless(most: 200) } ?? ""
            let name = container.isEmpty ? own : "\(container).\(own)"
            let words = "\(Self.kind(symbol["kind"]?.integer)) \(name)"
            let location = symbol["location"]
            if let uri = location?["uri"]?.text ?? uri {
                let range = symbol["selectionRange"] ?? location?["range"]
                let place = FoundPlace(uri: uri, range) ?? FoundPlace(uri: uri, Self.start)
                if let place { lines.append(line(place, words)) }
            }
            // As deep as anybody nests; what a server sends may nest deeper.
            guard outer.count < 1_000, let children = symbol["children"]?.elements else { continue }
            collect(children, of: uri, below: own + ".", into: &lines)
        }
    }

    /// Of a name of which only the file is told.
    private static let start: JSONValue = ["start": ["line": 0, "character": 0]]

    /// LSP 3.17, SymbolKind.
    private static func kind(_ number: Int?) -> String {
        let kinds = [
            "file", "module", "namespace", "package", "class", "method", "property", "field", "constructor", "enum",
            "interface", "function", "variable", "constant", "string", "number", "boolean", "array", "object", "key",
            "null", "enum member", "struct", "event", "operator", "type parameter",
        ]
        guard let number, kinds.indices.contains(number - 1) else { return "name" }
        return kinds[number - 1]
    }

    private static let mostNames = 10_000
}
