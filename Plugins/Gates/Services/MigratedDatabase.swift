import FoundationEssentials
import GateKit
import Glibc
import PipelineKit

/// A database that migrations may change, and those that they may not.
struct MigratedDatabase: Sendable {
    /// Absolute path, in the scratch directory.
    let path: String
    /// As settings name it; `nil` for an empty one.
    let name: String?
    /// Absolute paths of what was copied, or would have been.
    private let originals: [String]
    private let before: [Stamp?]

    /// Copies what the judged tree has, or else the project, as databases are seldom in git.
    ///
    /// - Parameters:
    ///   - workspace: As the person knows it.
    ///   - tree: Absolute path of the copy of its tree.
    /// - Throws: ``Failure/Kind/invalidInput`` for what is no file in the project.
    init(_ name: String?, of workspace: Workspace, in tree: String, _ scratch: String) throws(Failure) {
        self.name = name
        path = name.map { "\(tree)/\($0)" } ?? "\(scratch)/database.sqlite"
        originals =
            name.map { name in Set([workspace.path, workspace.project]).sorted().map { "\($0)/\(name)" } } ?? []
        before = originals.map(Stamp.init)
        guard let name else { return }
        let roots = [workspace.path, workspace.project]
        guard let root = roots.first(where: { Stamp("\($0)/\(name)") != nil }) else { return }
        try Self.requireFile("\(root)/\(name)", in: root, name)
        // What was not yet written back stands beside it; https://www.sqlite.org/walformat.html.
        for ending in ["", "-wal", "-journal"] where Stamp("\(root)/\(name)\(ending)") != nil {
            try Self.requireFile("\(root)/\(name)\(ending)", in: root, name + ending)
            try ScratchTree.copyFile("\(root)/\(name)\(ending)", to: path + ending)
        }
    }

    /// A link would have the engine read, outside of every sandbox, what the link leads to.
    private static func requireFile(_ path: String, in root: String, _ name: String) throws(Failure) {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let top = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
        var status = stat()
        guard real == "\(top)/\(name)", lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.invalidInput, "Field 'database' names '\(name)', which is no regular file of the project.")
        }
    }

    /// Whether there is an SQLite database now; https://www.sqlite.org/fileformat.html, 1.3.
    var exists: Bool {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var head = [UInt8](repeating: 0, count: 16)
        return read(file, &head, 16) == 16 && head == Array("SQLite format 3\0".utf8)
    }

    /// Whether somebody wrote to what was copied.
    var originalChanged: Bool { originals.map(Stamp.init) != before }

    /// What tells that a file was written: no program can set the time of its last change.
    private struct Stamp: Hashable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        /// - Returns: `nil` where there is nothing.
        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            size = Int(status.st_size)
            (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        }
    }
}
