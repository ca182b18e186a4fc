import Glibc
public import PipelineKit

/// Files of a tree that belong to the judge, and whether any was written while it judged.
///
/// The code under test runs in that tree and can write where it likes, also to tests that have not been read yet. The
/// system says when a file was changed last (`st_ctim`, inode(7)), which nobody else can set.
public struct JudgedFiles: Sendable {
    private let root: String
    private let isJudged: @Sendable (String) -> Bool
    private let began: timespec

    /// How deep directories are looked into.
    private static let depth = 32

    /// Notes the time; nothing of the project may run before.
    ///
    /// - Parameter isJudged: Whether a path relative to the workspace belongs to the judge.
    public init(in workspace: Workspace, where isJudged: @escaping @Sendable (String) -> Bool) {
        root = workspace.path
        self.isJudged = isJudged
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        began = now
    }

    /// Paths of those that were written since then, in their order; new ones are among them.
    public var written: [String] {
        let top = look(into: "")
        // Two halves at once: with many files, nearly all of the time goes by asking for each.
        let middle = top.directories.count / 2
        let found = BlockingThread.both {
            walk(top.directories[..<middle], depth: 1)
        } _: {
            walk(top.directories[middle...], depth: 1)
        }
        return (top.written + found.0 + found.1).filter(isJudged).sorted()
    }

    /// What a directory holds, by paths relative to the workspace.
    private struct Content: Sendable {
        var written: [String] = []
        var directories: [String] = []
    }

    private func walk(_ directories: ArraySlice<String>, depth: Int) -> [String] {
        guard depth < Self.depth else { return [] }
        return directories.flatMap { directory in
            let content = look(into: directory)
            return content.written + walk(content.directories[...], depth: depth + 1)
        }
    }

    private func look(into directory: String) -> Content {
        var content = Content()
        guard let stream = opendir("\(root)/\(directory)") else { return content }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    var status = stat()
                    guard fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
                    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
                    guard isDirectory || isLater(status.st_ctim) else { return }
                    let word = String(cString: name)
                    guard word != ".", word != ".." else { return }
                    let path = directory.isEmpty ? word : "\(directory)/\(word)"
                    if isDirectory { content.directories.append(path) } else { content.written.append(path) }
                }
            }
        }
        return content
    }

    private func isLater(_ time: timespec) -> Bool {
        (time.tv_sec, time.tv_nsec) > (began.tv_sec, began.tv_nsec)
    }
}
