/// Builds the tree of a document from its steps.
///
/// What is no YAML ends the reading. What is YAML but not read here (tags, merge keys, keys that are no words) and
/// what stands twice is noted, and the reading goes on.
struct YAMLParser: ~Copyable {
    private(set) var problems: [YAMLError] = []
    private(set) var nodes = 0

    private var events: YAMLEvents
    private let limits: YAMLLimits
    private var bytes = 0
    private var aliases = 0
    private var anchors: [String: Anchored] = [:]

    /// A node that aliases may stand for, and what each costs.
    private struct Anchored {
        /// `nil` while the node is still being read.
        var node: YAMLNode?
        var nodes = 0
        var bytes = 0
        var depth = 0
    }

    init(_ events: consuming YAMLEvents, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    /// The tree, or `nil` for an empty document.
    ///
    /// - Throws: ``YAMLError`` where the text is no YAML, or asks for more than the limits allow.
    mutating func document() throws(YAMLError) -> YAMLNode? {
        var root: YAMLNode?
        var seen = 0
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return root
            case .other: continue
            case .documentStart:
                seen += 1
                guard seen == 1 else {
                    problems.append(YAMLError("A file holds one document: a second one begins here.", at: event.start))
                    return root
                }
            default: root = try node(event, depth: 0).node
            }
        }
    }

    private typealias Read = (node: YAMLNode, depth: Int)

    /// Reads the node that begins with a step, and says how deep it goes.
    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Read {
        if case .alias(let name) = event.kind { return try alias(name, event, depth: depth) }
        try count(nodes: 1, at: event.start)
        noteTag(of: event)
        let before = (nodes: nodes - 1, bytes: bytes)
        if let anchor = event.anchor { anchors[anchor] = Anchored() }
        let read = try content(event, depth: depth)
        if let anchor = event.anchor {
            let size = (nodes: nodes - before.nodes, bytes: bytes - before.bytes)
            anchors[anchor] = Anchored(node: read.node, nodes: size.nodes, bytes: size.bytes, depth: read.depth)
        }
        return read
    }

    private mutating func content(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Read {
        switch event.kind {
        case .sequenceStart:
            try checkDepth(depth + 1, at: event.start)
            return try sequence(event, depth: depth + 1)
        case .mappingStart:
            try checkDepth(depth + 1, at: event.start)
            return try mapping(event, depth: depth + 1)
        case .scalar(let text, let isPlain):
            try count(bytes: text.utf8.count, at: event.start)
            return (YAMLNode(.scalar(text, isPlain: isPlain), start: event.start, end: event.end), 0)
        default:
            // libyaml's grammar lets nothing else stand where a value is expected.
            throw YAMLError("Expected a value here.", at: event.start)
        }
    }

    private mutating func sequence(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Read {
        var elements: [YAMLNode] = []
        var deepest = 0
        while true {
            let next = try events.next()
            if case .collectionEnd = next.kind {
                let end = next.end
                return (YAMLNode(.sequence(elements), start: event.start, end: end, isFlow: event.isFlow), deepest + 1)
            }
            let element = try node(next, depth: depth)
            elements.append(element.node)
            deepest = max(deepest, element.depth)
        }
    }

    private mutating func mapping(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Read {
        var pairs: [YAMLPair] = []
        var seen: [String: YAMLMark] = [:]
        var deepest = 0
        while true {
            let next = try events.next()
            if case .collectionEnd = next.kind {
                let end = next.end
                return (YAMLNode(.mapping(pairs), start: event.start, end: end, isFlow: event.isFlow), deepest + 1)
            }
            let key = try node(next, depth: depth).node
            let value = try node(try events.next(), depth: depth)
            guard let name = name(of: key), isNew(name, key, in: &seen) else { continue }
            pairs.append(YAMLPair(key, value.node))
            deepest = max(deepest, value.depth)
        }
    }

    /// The text of a key; `nil` after noting why it is none.
    private mutating func name(of key: YAMLNode) -> String? {
        guard case .scalar(let name, let isPlain) = key.content else {
            let sentence = "A key must be a word: put a text that begins with '{' or '[' in quotes."
            problems.append(YAMLError(sentence, at: key.start))
            return nil
        }
        if isPlain, name == "<<" {
            let sentence = "Merge keys ('<<') are not read: write the keys out."
            problems.append(YAMLError(sentence, at: key.start, length: 2))
            return nil
        }
        if isPlain, name.isEmpty {
            problems.append(YAMLError("A key is missing before this ':'.", at: key.start))
            return nil
        }
        return name
    }

    private mutating func isNew(_ name: String, _ key: YAMLNode, in seen: inout [String: YAMLMark]) -> Bool {
        guard let first = seen[name] else {
            seen[name] = key.start
            return true
        }
        let (one, two) = (first.line, key.start.line)
        let lines = one == two ? "twice in line \(one)" : "in line \(one) and again in line \(two)"
        let sentence = "Key '\(name)' stands \(lines): keep one of them."
        problems.append(YAMLError(sentence, from: key.start, to: key.end))
        return false
    }

    private mutating func alias(_ name: String, _ event: YAMLEvent, depth: Int) throws(YAMLError) -> Read {
        aliases += 1
        guard aliases <= limits.aliases else {
            throw YAMLError("The document has more than \(limits.aliases) aliases.", at: event.start)
        }
        guard let anchored = anchors[name], var node = anchored.node else {
            let sentence =
                anchors[name] == nil
                ? "No '&\(name)' stands before the alias '*\(name)': put a text that begins with '*' in quotes."
                : "The alias '*\(name)' stands inside the value it is an alias of."
            problems.append(YAMLError(sentence, from: event.start, to: event.end))
            return (YAMLNode(.scalar("*\(name)", isPlain: false), start: event.start, end: event.end), 0)
        }
        try count(nodes: anchored.nodes, at: event.start)
        try count(bytes: anchored.bytes, at: event.start)
        try checkDepth(depth + anchored.depth, at: event.start)
        node.start = event.start
        node.end = event.end
        return (node, anchored.depth)
    }

    /// libyaml has written the shorthand of a tag out by now; a person wrote `!!str`.
    private mutating func noteTag(of event: YAMLEvent) {
        guard let tag = event.tag else { return }
        let standard = "tag:yaml.org,2002:"
        let written = tag.hasPrefix(standard) ? "!!\(tag.dropFirst(standard.count))" : tag
        problems.append(YAMLError("YAML tags are not read: remove '\(written)'.", at: event.start))
    }

    private mutating func count(nodes more: Int, at mark: YAMLMark) throws(YAMLError) {
        guard nodes + more <= limits.nodes else {
            throw YAMLError("The document has more than \(limits.nodes) values with its aliases written out.", at: mark)
        }
        nodes += more
    }

    private mutating func count(bytes more: Int, at mark: YAMLMark) throws(YAMLError) {
        guard bytes + more <= limits.bytes else {
            throw YAMLError("The text has more than \(limits.bytes) bytes with its aliases written out.", at: mark)
        }
        bytes += more
    }

    private func checkDepth(_ depth: Int, at mark: YAMLMark) throws(YAMLError) {
        guard depth <= limits.depth else {
            throw YAMLError("The document is nested more than \(limits.depth) levels deep.", at: mark)
        }
    }
}
