public import PipelineKit
import YAML

/// A pipeline as it was written, with everything it extends: finds where a part of it stands.
public struct PipelineDocument: Sendable, Hashable {
    /// The merged document, in plain values.
    public let json: JSONValue
    private let root: YAMLNode
    private let files: [SourceFile]

    init(_ root: YAMLNode, json: JSONValue, files: [SourceFile]) {
        self.root = root
        self.json = json
        self.files = files
    }

    /// The finding with its place: a key, a value, or what is nearest above when the document does not hold the path.
    func located(_ finding: Finding) -> Located {
        let spot = spot(of: finding.problem)
        let exact = finding.quoted.flatMap { quoted(quoted: $0, in: spot.node) }
        let start = exact ?? spot.node.start
        let ends = spot.node.end.line == start.line && spot.node.end.document == start.document
        let written = spot.isWhole ? (ends ? spot.node.end.column - start.column : .max) : 1
        let length = exact == nil ? written : finding.quoted?.unicodeScalars.count ?? 1
        return Located(finding.severity, finding.problem.message, at: start, length: max(1, length))
    }

    /// A part of the tree to point at; whether the whole of it is meant, or only where it begins.
    private typealias Spot = (node: YAMLNode, isWhole: Bool)

    private func spot(of problem: FieldProblem) -> Spot {
        var node = root
        var key: YAMLNode?
        for (depth, part) in problem.path.parts.enumerated() {
            guard let (nextKey, next) = Self.step(part, from: node) else { break }
            (key, node) = (nextKey, next)
            if let key, problem.place == .key, depth == problem.path.parts.count - 1 { return (key, true) }
        }
        switch node.content {
        case .scalar where node.start == node.end: return (key ?? node, true)
        case .scalar: return (node, true)
        case .mapping, .sequence:
            // A block has no beginning of its own to show; its key has.
            return node.isFlow ? (node, true) : key.map { ($0, true) } ?? (node, false)
        }
    }

    private static func step(_ part: FieldPath.Part, from node: YAMLNode) -> (key: YAMLNode?, value: YAMLNode)? {
        switch part {
        // A list of tools is a list of those that are allowed.
        case .key("allow") where !node.elements.isEmpty: (nil, node)
        case .key(let name): node.pairs.first { $0.key.text == name }.map { ($0.key, $0.value) }
        case .index(let index): node.elements.indices.contains(index) ? (nil, node.elements[index]) : nil
        }
    }

    /// Where a text stands within what was written for a node.
    private func quoted(quoted: String, in node: YAMLNode) -> YAMLMark? {
        guard node.start.document == node.end.document, files.indices.contains(node.start.document) else { return nil }
        let file = files[node.start.document]
        for number in node.start.line...max(node.start.line, node.end.line) {
            let scalars = Array(file.line(number).unicodeScalars)
            let from = number == node.start.line ? node.start.column - 1 : 0
            let wanted = Array(quoted.unicodeScalars)
            guard scalars.count >= from + wanted.count else { continue }
            for start in from...(scalars.count - wanted.count)
            where scalars[start..<(start + wanted.count)].elementsEqual(wanted) {
                return YAMLMark(document: node.start.document, line: number, column: start + 1)
            }
        }
        return nil
    }
}

/// One mistake and where it stands.
struct Located: Hashable {
    var severity: Diagnostic.Severity
    var message: String
    var mark: YAMLMark
    var length: Int

    init(_ severity: Diagnostic.Severity, _ message: String, at mark: YAMLMark, length: Int) {
        self.severity = severity
        self.message = message
        self.mark = mark
        self.length = length
    }

    init(_ error: YAMLError) { self.init(.error, error.problem, at: error.mark, length: error.length) }
}

extension [Located] {
    /// No more are told at once; nobody reads further, and a hostile file could ask for a million.
    private static let most = 100

    /// In the order of the files and their lines; of several with the same words at the same place, one.
    func diagnostics(in files: [SourceFile]) -> [Diagnostic] {
        let sorted = enumerated().sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }.map(\.element)
        var seen: Set<Located> = []
        let distinct = sorted.filter { seen.insert($0).inserted }
        var told = distinct.prefix(Self.most).map { one in
            let file = files[one.mark.document]
            return Diagnostic(
                one.severity,
                one.message,
                in: file.name,
                at: file.place(from: one.mark, length: one.length)
            )
        }
        if distinct.count > Self.most, let file = files.first {
            told.append(Diagnostic(.error, "There are \(distinct.count - Self.most) more mistakes.", in: file.name))
        }
        return told
    }
}
