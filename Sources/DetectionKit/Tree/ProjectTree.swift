/// A directory and what is below it, as detection reads it: names, and the text of a few files.
///
/// What is in it is somebody else's: links are not in it, whatever they lead to, and neither are files too long to be a
/// manifest or names that cannot be shown in one line.
public struct ProjectTree: Sendable {
    /// A file or a directory in another one.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var isDirectory: Bool

        public init(_ name: String, isDirectory: Bool) {
            self.name = name
            self.isDirectory = isDirectory
        }
    }

    /// What is in a directory, in any order; the path is relative to the top, and empty for the top itself.
    public var entries: @Sendable (_ directory: String) -> [Entry]
    /// The text of a file; `nil` for one that is not there, or that cannot be read.
    public var text: @Sendable (_ file: String) -> String?

    public init(
        entries: @escaping @Sendable (_ directory: String) -> [Entry],
        text: @escaping @Sendable (_ file: String) -> String?
    ) {
        self.entries = entries
        self.text = text
    }

    /// A tree of texts by their paths.
    public init(_ files: [String: String]) {
        var directories: [String: Set<Entry>] = [:]
        for path in files.keys {
            var path = path
            var isDirectory = false
            while !path.isEmpty {
                let (parent, name) = path.parentAndName
                directories[parent, default: []].insert(Entry(name, isDirectory: isDirectory))
                (path, isDirectory) = (parent, true)
            }
        }
        self.init(entries: { [directories] in Array(directories[$0] ?? []) }, text: { files[$0] })
    }
}

extension String {
    /// `a/b` and `c` for `a/b/c`; an empty parent for `c`.
    var parentAndName: (parent: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }

    /// A path below this directory; the name alone below the top.
    func appending(_ name: String) -> String { isEmpty ? name : "\(self)/\(name)" }

    /// Whether a path is this directory or lies below it.
    func holds(path: String) -> Bool { isEmpty || path == self || path.hasPrefix("\(self)/") }
}
