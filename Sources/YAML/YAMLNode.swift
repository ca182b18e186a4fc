/// A place in a document.
public struct YAMLMark: Sendable, Hashable, Comparable {
    /// The number its reader gave the document, to tell documents apart after they were merged.
    public var document: Int
    /// From 1; lines end at LF, CR LF or CR.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(document: Int = 0, line: Int, column: Int) {
        self.document = document
        self.line = line
        self.column = column
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.document, left.line, left.column) < (right.document, right.line, right.column)
    }
}

/// A value in a document, and where it stands.
public struct YAMLNode: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// Text; plain text has no quotes and is no block, so it may mean a number or a word such as `true`.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order written; no key stands twice.
        case mapping([YAMLPair])
    }

    public var content: Content
    /// The first character; of an alias, where the alias stands.
    public var start: YAMLMark
    /// Just past the last character; of a block, somewhere before what comes next.
    public var end: YAMLMark
    /// Whether brackets or braces hold it: `[a, b]`.
    public var isFlow: Bool

    public init(_ content: Content, start: YAMLMark, end: YAMLMark, isFlow: Bool = false) {
        self.content = content
        self.start = start
        self.end = end
        self.isFlow = isFlow
    }

    /// Text, or `nil` for a collection.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// The pairs of a mapping; none for anything else.
    public var pairs: [YAMLPair] {
        if case .mapping(let pairs) = content { pairs } else { [] }
    }

    /// The elements of a sequence; none for anything else.
    public var elements: [YAMLNode] {
        if case .sequence(let elements) = content { elements } else { [] }
    }

    /// The value behind a key of a mapping.
    public subscript(key: String) -> YAMLNode? { pairs.first { $0.key.text == key }?.value }
}

/// A key and what stands behind it.
public struct YAMLPair: Sendable, Hashable {
    /// Always a scalar.
    public var key: YAMLNode
    public var value: YAMLNode

    public init(_ key: YAMLNode, _ value: YAMLNode) {
        self.key = key
        self.value = value
    }
}
