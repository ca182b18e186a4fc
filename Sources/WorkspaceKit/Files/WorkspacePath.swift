import Glibc
import PipelineKit

/// A path as a tool was given it, its `.` and `..` folded.
///
/// Folding `a/../b` to `b` looks at letters only; that is safe because the result is opened beneath the workspace.
struct WorkspacePath: Hashable {
    /// As it was written.
    let text: String
    /// Neither `.` nor `..` nor anything empty; none at all for the workspace itself.
    let components: [String]

    init(_ text: String) throws(Failure) {
        self.text = text
        guard !text.isEmpty else { throw Failure(.invalidInput, "The path is empty; '.' is the workspace itself.") }
        guard !text.utf8.contains(0) else {
            throw Failure(.invalidInput, "Path '\(text.shown)' holds a NUL character.")
        }
        guard !text.hasPrefix("/") else {
            throw Failure(.denied, "'\(text.shown)' leaves the workspace: paths are relative to it.")
        }
        components = try Self.fold(text)
        // Looked at here, as otherwise the directories on the way would be made before it is noticed.
        let isTooLong = text.utf8.count > Self.longest || components.contains { $0.utf8.count > Self.longestName }
        guard !isTooLong else { throw Failure(.system(ENAMETOOLONG), text, "read") }
    }

    /// Bytes of a path without its NUL (PATH_MAX), and of a name in a directory (NAME_MAX); limits.h(0p).
    private static let longest = 4095
    private static let longestName = 255

    /// A path whose components are known to be plain.
    init(_ components: [String]) {
        self.components = components
        text = components.joined(separator: "/")
    }

    private static func fold(_ text: String) throws(Failure) -> [String] {
        var components: [String] = []
        for component in text.split(separator: "/") where component != "." {
            if component != ".." {
                components.append(String(component))
            } else if components.popLast() == nil {
                throw .leaves(text)
            }
        }
        return components
    }

    var joined: String { components.isEmpty ? "." : components.joined(separator: "/") }
    var parent: WorkspacePath { WorkspacePath(components.dropLast()) }

    /// Whether the path leads into git's own directory, under any spelling that a file system could take for it.
    var isOfGit: Bool { components.contains { $0.lowercased() == ".git" } }
}
