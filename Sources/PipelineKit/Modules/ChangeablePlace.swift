import Glibc

/// A directory whose files a model may change, and of which so nothing may run outside of the sandbox.
public struct ChangeablePlace: Sendable {
    private let root: String

    /// - Parameter path: Absolute path of the directory.
    /// - Returns: `nil` when there is none.
    public init?(_ path: String) {
        guard let root = Self.real(path) else { return nil }
        self.root = root
    }

    /// The first word of a command that names the directory or something in it, also behind an option: `--path=lib`.
    ///
    /// - Parameter directories: Absolute paths that relative words may start from.
    public func word(among words: [String], from directories: [String]) -> String? {
        words.first { word in Self.paths(in: word).contains { isReached(by: $0, from: directories) } }
    }

    /// The word, what stands behind its `=`, and the absolute paths in it: `-I/lib`, `cd /lib && make`.
    private static func paths(in word: String) -> [Substring] {
        let value = word.firstIndex(of: "=").map { word[$0...].dropFirst() }
        let joined = word.hasPrefix("-") ? word.firstIndex(of: "/").map { word[$0...] } : nil
        let pieces = word.split { " \t\n;|&()<>'\"=:,".contains($0) }.filter { $0.hasPrefix("/") }
        return [word[...]] + [value, joined].compactMap(\.self) + pieces
    }

    private func isReached(by path: Substring, from directories: [String]) -> Bool {
        path.hasPrefix("/") ? isPassed(by: path, from: "") : directories.contains { isPassed(by: path, from: $0) }
    }

    /// Whether any step of a path stands in the directory: a link in it may lead out again, and can be changed.
    private func isPassed(by path: Substring, from directory: String) -> Bool {
        var place = directory
        return path.split(separator: "/").contains { component in
            place += "/\(component)"
            return Self.real(place).map(holds) ?? false
        }
    }

    private func holds(_ path: String) -> Bool { path == root || path.hasPrefix(root == "/" ? "/" : root + "/") }

    private static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
