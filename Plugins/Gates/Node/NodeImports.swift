import GateKit
import PipelineKit

/// Sources of a tree, no tests, that import Node's own runner, which judges them.
struct NodeImports: Sendable {
    /// In the order of their files, each once.
    private(set) var all: [Breach] = []

    private static let endings = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"]

    /// - Parameter isTest: Whether a path relative to the workspace belongs to the judge.
    init(in workspace: Workspace, where isTest: (String) -> Bool) {
        for path in Self.endings.flatMap({ ReportFile.paths(below: workspace.path, ending: $0) }).sorted() {
            let name = String(path.dropFirst(workspace.path.count + 1))
            guard !isTest(name), !name.contains("node_modules/"), let bytes = ReportFile.bytes(at: path) else {
                continue
            }
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            guard let line = lines.firstIndex(where: Self.imports) else { continue }
            all.append(Breach(.import, "node:test", file: name, line: line + 1, text: String(lines[line]).trimmed))
        }
    }

    /// `require("node:test")`, `import ... from 'node:test'`, `import("node:test/reporters")`, `process.getBuiltinModule`.
    private static func imports(_ line: Substring) -> Bool {
        guard let name = line.firstRange(of: "node:test") else { return false }
        let before = line[..<name.lowerBound]
        guard let quote = before.last, "'\"`".contains(quote) else { return false }
        return ["require", "import", "from", "getBuiltinModule"].contains { before.contains($0) }
    }
}
