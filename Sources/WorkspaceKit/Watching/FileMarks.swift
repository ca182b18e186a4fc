import CLinux
import FoundationEssentials
import Glibc
public import PipelineKit
import ProcessKit

/// What tells whether the files of a project were touched; what git ignores, and caches, are none of them.
public struct FileMarks: Sendable {
    private struct Mark: Sendable, Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
        var mode: UInt32

        init(_ status: stat) {
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
            mode = status.st_mode
        }
    }

    /// By the path relative to the project.
    private var files: [String: Mark] = [:]
    /// Relative to the project, which is the empty one.
    private(set) var directories: [String] = []

    /// Looks at the files as they are now.
    ///
    /// - Parameter project: Absolute path of the directory.
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there are more files than anybody watches.
    public init(of project: String) async throws(Failure) {
        let ignored = try await Self.ignored(in: project)
        try collect(project, "", ignored)
    }

    /// The paths of the files that are not what they were, in their order.
    public func changes(since earlier: FileMarks) -> [String] {
        let paths = Set(files.keys).union(earlier.files.keys)
        return paths.filter { files[$0] != earlier.files[$0] }.sorted()
    }

    /// What is left out everywhere: what tools write beside the files they read.
    private static let caches: Set = [
        ".git", "node_modules", ".venv", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache",
    ]
    /// How many files are looked at.
    private static let most = 200_000

    /// Directories end in a slash; nothing where there is no git.
    private static func ignored(in project: String) async throws(Failure) -> Set<String> {
        let words = ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]
        let finished = try await run(GitCommand.make(words, in: project, limit: OutputLimit(head: 1 << 26, tail: 0)))
        guard finished.status == 0 else { return [] }
        return Set(finished.output.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    private mutating func collect(_ project: String, _ prefix: String, _ ignored: Set<String>) throws(Failure) {
        directories.append(prefix)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(project)/\(prefix)")) ?? []
        for name in names where !Self.caches.contains(name) {
            let path = prefix + name
            var status = stat()
            guard lstat("\(project)/\(path)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if !ignored.contains("\(path)/") { try collect(project, "\(path)/", ignored) }
            } else if !ignored.contains(path) {
                files[path] = Mark(status)
            }
            guard files.count + directories.count <= Self.most else {
                throw Failure(.invalidInput, "'\(project)' has more than \(Self.most) files, too many to watch.")
            }
        }
    }
}
