/// Where a report says that something stands, as the workspace knows it.
public struct FilePlace: Sendable {
    /// Absolute path of the workspace.
    let root: String
    /// Absolute path of the directory in which the report was written.
    let home: String

    public init(root: String, home: String) {
        self.root = root
        self.home = home
    }

    /// The path relative to the workspace; one that is not in it stays as it is.
    ///
    /// - Parameter path: Absolute or relative to where the report was written, or a URI as in SARIF: `file:///a/b.py`.
    public func shown(_ path: String) -> String {
        let plain = path.hasPrefix("file://") ? String(path.dropFirst(7)) : path
        let absolute = plain.hasPrefix("/") ? plain : "\(home)/\(plain)"
        let parts = Self.normal(absolute)
        let above = Self.normal(root)
        guard parts.count > above.count, Array(parts.prefix(above.count)) == above else { return plain }
        return parts.dropFirst(above.count).joined(separator: "/")
    }

    private static func normal(_ path: String) -> [Substring] {
        path.split(separator: "/").reduce(into: []) { parts, part in
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
    }
}
