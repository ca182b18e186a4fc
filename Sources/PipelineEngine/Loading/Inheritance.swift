import PipelineKit
import YAML

/// Reads a pipeline and all it extends into one tree, whose marks say which file each part is from.
struct Inheritance {
    let sources: PipelineSources
    /// In the order they were read; a mark's document is an index into it.
    private(set) var files: [SourceFile] = []
    private(set) var problems: [YAMLError] = []
    /// Whether everything that is extended could be read.
    private(set) var isWhole = true

    /// How many pipelines may extend one another.
    static let longestChain = 8

    init(_ sources: PipelineSources) { self.sources = sources }

    /// The merged tree; `nil` after noting that there is none.
    mutating func read(_ origin: Origin) -> YAMLNode? { read(origin, after: []) }

    private mutating func read(_ origin: Origin, after chain: [Origin]) -> YAMLNode? {
        let number = files.count
        files.append(SourceFile(name: origin.name, bytes: origin.bytes))
        let document = YAMLDocument(origin.bytes, number: number)
        problems += document.problems
        guard let root = document.root else {
            if document.problems.isEmpty {
                let sentence = "The file is empty; a pipeline needs at least 'name' and 'goal'."
                problems.append(YAMLError(sentence, at: YAMLMark(document: number, line: 1, column: 1)))
            }
            return nil
        }
        guard case .mapping = root.content else {
            let sentence = "A pipeline is a mapping of keys such as 'name' and 'goal'; this is none."
            problems.append(YAMLError(sentence, from: root.start, to: root.end))
            return nil
        }
        let own = takingInRules(Inherited.longForms(root), of: origin)
        guard let extends = own["extends"], let parent = parent(extends, of: chain + [origin]) else { return own }
        guard let tree = read(parent, after: chain + [origin]) else {
            isWhole = false
            return own.without("extends")
        }
        return Inherited.merge(own.without("extends"), over: tree.without("extends"))
    }

    /// The pipeline with the rules of the file that `tools.rules` names before its own.
    private mutating func takingInRules(_ root: YAMLNode, of origin: Origin) -> YAMLNode {
        guard let node = root["tools"]?["rules"], let name = node.text else { return root }
        do throws(Failure) {
            let file = try origin.file(name, in: sources)
            let number = files.count
            files.append(SourceFile(name: file.name, bytes: file.bytes))
            let document = YAMLDocument(file.bytes, number: number)
            problems += document.problems
            return Inherited.withRules(document.root, in: root, &problems)
        } catch {
            problems.append(YAMLError(error.message, from: node.start, to: node.end))
            isWhole = false
            return root.mapping("tools") { $0.without("rules") }
        }
    }

    /// What a pipeline extends; `nil` after noting why it cannot.
    private mutating func parent(_ node: YAMLNode, of chain: [Origin]) -> Origin? {
        var ignored: [YAMLError] = []
        // What is no text is told when the tree is decoded.
        guard let child = chain.last, case .string(let name) = JSONValue(node, &ignored) else { return nil }
        do throws(Failure) {
            let parent = try child.parent(name, in: sources)
            let names = (chain + [parent]).map(\.name).joined(separator: " → ")
            if chain.contains(where: { $0.identity == parent.identity }) {
                throw Failure(.invalidInput, "A pipeline may not extend itself: \(names).")
            }
            if chain.count >= Self.longestChain {
                throw Failure(.invalidInput, "More than \(Self.longestChain) pipelines extend one another: \(names).")
            }
            return parent
        } catch {
            let names = chain.map(\.name).joined(separator: " → ")
            let via = chain.count > 1 && error.kind == .missing ? " The chain is \(names) → \(name)." : ""
            problems.append(YAMLError(error.message + via, from: node.start, to: node.end))
            isWhole = false
            return nil
        }
    }
}

/// One pipeline of a chain.
struct Origin {
    /// To be shown.
    var name: String
    var bytes: [UInt8]
    var isBuiltIn: Bool
    /// The same for two names of one file.
    var identity: String

    init(file path: String, _ bytes: [UInt8]) {
        name = path
        self.bytes = bytes
        isBuiltIn = false
        identity = "file:\(Self.plain(path))"
    }

    init(builtIn key: String, _ found: PipelineSources.BuiltIn) {
        name = found.name
        bytes = Array(found.text.utf8)
        isBuiltIn = true
        identity = "built-in:\(key)"
    }

    /// What this one extends by a name: a file when it has an ending or a slash, else a built-in.
    ///
    /// - Throws: ``Failure/Kind/missing`` when there is none.
    func parent(_ parent: String, in sources: PipelineSources) throws(Failure) -> Origin {
        guard parent.contains("/") || parent.hasSuffix(".yaml") || parent.hasSuffix(".yml") else {
            guard let found = sources.builtIn(parent) else {
                let near = Suggestion.sentence(for: parent, among: sources.builtInNames)
                let hint = near.isEmpty ? " A file is named with its ending: '\(parent).yaml'." : near
                throw Failure(.missing, "Unknown pipeline '\(parent)'.\(hint)")
            }
            return Origin(builtIn: parent, found)
        }
        guard !isBuiltIn else {
            throw Failure(.denied, "The built-in pipeline '\(name)' may not extend the file '\(parent)'.")
        }
        return try file(parent, in: sources)
    }

    /// A file by its path, relative to this one.
    ///
    /// - Throws: ``Failure/Kind/missing`` when there is none.
    func file(_ parent: String, in sources: PipelineSources) throws(Failure) -> Origin {
        let path = parent.hasPrefix("/") ? parent : Self.directory(of: name) + parent
        do throws(Failure) { return Origin(file: path, try sources.read(path)) } catch {
            throw Failure(.missing, "Cannot read '\(path)': \(error.message)")
        }
    }

    /// With its slash at the end; empty for a bare name.
    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The path without `.` and, where it can be told from the text alone, without `..`.
    private static func plain(_ path: String) -> String {
        let parts = path.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            switch part {
            case ".": break
            case ".." where parts.last.map { $0 != ".." } ?? false: parts.removeLast()
            default: parts.append(part)
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
