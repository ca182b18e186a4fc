import Foundation
public import PipelineKit

/// Lends a workspace in a directory of its own, which is removed afterwards.
///
/// The workspace has a parent that belongs to the test too, so that what is written outside can be seen.
/// - Parameter files: Contents by path, relative to the workspace; directories are made.
public func withTemporaryWorkspace<Result>(
    _ files: [String: String] = [:],
    _ body: (Workspace) async throws -> Result
) async throws -> Result {
    let name = "sluice-\(UUID().uuidString)"
    let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().appending(path: name)
    let root = parent.appending(path: "workspace")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: parent) }
    for (path, text) in files {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
    return try await body(Workspace(path: root.path))
}

/// What stands beneath a directory, to compare with what stands there later.
public struct FileTree: Hashable {
    /// What is at each path, relative to the directory: `directory`, `link to ...`, or the mode and bytes of a file.
    public var entries: [String: String] = [:]

    /// Reads everything beneath a directory, links not followed.
    public init(_ directory: String, except excluded: String? = nil) throws {
        let base = directory.hasSuffix("/") ? directory : directory + "/"
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) {
            if let excluded, path == excluded || path.hasPrefix(excluded + "/") { continue }
            entries[path] = try Self.entry(base + path)
        }
    }

    private static func entry(_ path: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory: return "directory"
        case .typeSymbolicLink: return "link to \(try FileManager.default.destinationOfSymbolicLink(atPath: path))"
        default:
            let mode = (attributes[.posixPermissions] as? Int).map { String($0, radix: 8) } ?? "?"
            return try "\(mode) \(Data(contentsOf: URL(filePath: path)).base64EncodedString())"
        }
    }
}
