import Foundation

/// The repository that these tests stand in, as text.
enum House {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// - Parameter path: Relative to the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Paths of the files below a folder whose names end so, in order, relative to the repository.
    static func paths(in folder: String, _ endings: String...) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap {
            $0 as? String
        }
        return (names ?? []).filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(folder)/\($0)" }
            .sorted()
    }

    /// Names of the folders directly in a folder, in order.
    static func folders(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
        return names.filter { isFolder("\(folder)/\($0)") }.sorted()
    }

    static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }
}

/// One Swift file.
struct SwiftFile: Sendable, CustomStringConvertible {
    let path: String
    let text: String
    var description: String { path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    init(_ path: String) throws {
        self.path = path
        text = try House.text(path)
    }

    static func all(in folders: String...) throws -> [SwiftFile] {
        try folders.flatMap { House.paths(in: $0, ".swift") }.map(SwiftFile.init)
    }

    /// What is imported at the left margin or behind an attribute, in the text's order.
    var imports: [String] { SwiftText.imports(in: text) }
}

/// What can be told of Swift text without a parser.
enum SwiftText {
    static func imports(in text: String) -> [String] {
        withoutTexts(text).matches(
            of: /(?m)^(?:@\w+ )?(?:(?:public|package|internal|private|fileprivate) )?import (\w+)/
        ).map { String($0.1) }
    }

    /// The text without what stands in string literals of several lines, which may hold another language.
    static func withoutTexts(_ text: String) -> String { text.replacing(/(?s)#*"""\n.*?"""/, with: "\"\"") }

    /// A line without its strings and its comment.
    static func code(_ line: Substring) -> String {
        let bare = line.replacing(/"(?:\\.|[^"\\])*"/, with: "\"\"")
        return String(bare.prefix(upTo: bare.firstRange(of: "//")?.lowerBound ?? bare.endIndex))
    }
}
