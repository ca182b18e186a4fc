import FoundationEssentials
import Glibc
public import PipelineKit

/// Copies of trees for programs that change what they look at.
public enum ScratchTree {
    /// What is copied, at most.
    private static let mostFiles = 500_000
    private static let mostBytes = 4 << 30

    /// The workspace with a copy of its tree in its place, without what git keeps at its top.
    ///
    /// Links are copied as links; sockets, pipes and devices are passed over.
    /// - Parameter scratch: Absolute path of the directory in which the copy is made, as `tree`.
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` when it cannot be copied,
    ///   ``PipelineKit/Failure/Kind/invalidInput`` when it is too large.
    public static func copy(of workspace: Workspace, in scratch: String) async throws(Failure) -> Workspace {
        var copy = workspace
        copy.path = "\(scratch)/tree"
        let paths = (from: workspace.path, to: copy.path)
        // It waits for the disk, which no thread of the concurrency pool may.
        try await BlockingThread.run { () throws(Failure) in
            var walk = Walk()
            try walk.copy(paths.from, to: paths.to, isTop: true)
        }
        return copy
    }

    /// Copies a regular file over what is there.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/unavailable`` with what the system says.
    public static func copyFile(_ source: String, to target: String) throws(Failure) {
        do {
            let parent = URL(fileURLWithPath: target).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } catch {
            throw failure(source, error)
        }
    }

    private static func failure(_ path: String, _ error: any Error) -> Failure {
        Failure(.unavailable, "'\(path)' could not be copied: \(error.systemWords).")
    }

    /// One walk through a tree, and how much it has seen.
    private struct Walk {
        var files = 0
        var bytes = 0

        mutating func copy(_ source: String, to target: String, isTop: Bool = false) throws(Failure) {
            var status = stat()
            guard lstat(source, &status) == 0 else { return }
            files += 1
            bytes += Int(status.st_mode & S_IFMT == S_IFREG ? status.st_size : 0)
            guard files <= mostFiles, bytes <= mostBytes else {
                throw Failure(
                    .invalidInput,
                    "The tree is too large to be copied: it has more than \(mostFiles) files or \(mostBytes >> 30) GB."
                )
            }
            do {
                switch status.st_mode & S_IFMT {
                case S_IFDIR:
                    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                case S_IFREG, S_IFLNK:
                    try FileManager.default.copyItem(atPath: source, toPath: target)
                    return
                default:
                    return
                }
            } catch {
                guard Self.isThere(source) else { return }
                throw failure(source, error)
            }
            for name in try names(in: source) where !(isTop && name == ".git") {
                try copy("\(source)/\(name)", to: "\(target)/\(name)")
            }
        }

        private func names(in directory: String) throws(Failure) -> [String] {
            do {
                return try FileManager.default.contentsOfDirectory(atPath: directory)
            } catch {
                guard Self.isThere(directory) else { return [] }
                throw failure(directory, error)
            }
        }

        /// Other gates may be at work in the tree, and take away what they have made.
        private static func isThere(_ path: String) -> Bool {
            var status = stat()
            return lstat(path, &status) == 0
        }
    }
}
