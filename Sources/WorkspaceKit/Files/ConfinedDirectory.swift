import CLinux
import Glibc
public import PipelineKit

/// A directory whose files can be reached, and no others.
///
/// The kernel confines: every path is resolved by openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS, in one
/// step, so that neither `..` nor an absolute path nor a symbolic link leads out, also not one that is put in place
/// meanwhile. A link with an absolute target counts as leaving, wherever it leads. What is written, removed or renamed
/// is a name in a parent directory that was opened that way.
///
/// Nothing below a `.git` can be changed: hooks and configuration there run programs later.
public struct ConfinedDirectory: Sendable {
    /// The directory itself.
    let root: Descriptor

    /// - Parameter path: Absolute path of the directory.
    /// - Throws: ``PipelineKit/Failure/Kind/missing`` when there is no such directory.
    public init(_ path: String) throws(Failure) {
        do throws(FileFault) {
            let result = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            root = try Descriptor(result < 0 ? -errno : result)
        } catch {
            throw Failure(.missing, "The workspace '\(path.shown)' does not exist or cannot be opened.")
        }
    }

    public init(_ workspace: Workspace) throws(Failure) { try self.init(workspace.path) }

    /// Opens a path beneath the root.
    ///
    /// - Parameters:
    ///   - flags: Of open(2); O_CLOEXEC is added.
    ///   - links: Whether symbolic links that stay beneath are followed.
    func open(_ path: WorkspacePath, _ flags: Int32, links: Bool = true) throws(FileFault) -> Descriptor {
        let resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (links ? 0 : RESOLVE_NO_SYMLINKS)
        var result: Int32 = -EAGAIN
        // EAGAIN: something was renamed while a `..` of a link was being followed, and the kernel cannot tell whether
        // the path stays beneath. An attacker can cause that for ever, so there is an end to it.
        for _ in 0..<Self.attempts where result == -EAGAIN {
            result = sluice_openat2(root.raw, path.joined, UInt64(flags | O_CLOEXEC), 0, UInt64(resolve))
        }
        return try Descriptor(result)
    }

    private static let attempts = 64

    /// Where something that was opened beneath the root really is, without any symbolic link.
    func location(of descriptor: Descriptor) throws(FileFault) -> WorkspacePath {
        let top = try root.currentPath()
        let path = try descriptor.currentPath()
        guard path != top else { return WorkspacePath([]) }
        guard path.hasPrefix(top == "/" ? "/" : top + "/") else { throw .system(EXDEV) }
        return WorkspacePath(path.dropFirst(top.count).split(separator: "/").map(String.init))
    }

    /// What a path names; of a symbolic link, its target.
    ///
    /// - Throws: ``PipelineKit/Failure/Kind/invalidInput`` when there is nothing, with the nearest name.
    public func status(_ path: String) throws(Failure) -> FileStatus {
        let path = try WorkspacePath(path)
        do throws(FileFault) {
            return FileStatus(try open(path, sluice_o_path()).status())
        } catch {
            throw failure(error, path, "read")
        }
    }

    /// Whether there is something beneath the root by that path, at the end of links that stay beneath.
    public func holds(_ path: String) -> Bool { (try? status(path)) != nil }

    /// The failure of a system call; a path that leads nowhere comes with the nearest one that does not.
    func failure(_ fault: FileFault, _ path: WorkspacePath, _ verb: String) -> Failure {
        var failure = Failure(fault, path.text, verb)
        if fault == .system(ENOENT) { failure.message += suggestion(for: path) }
        return failure
    }
}

/// What a file is, as far as a tool has to know.
public struct FileStatus: Sendable, Hashable {
    public var kind: FileKind
    /// Bytes.
    public var size: Int
    /// Permissions, the lower nine bits.
    public var mode: UInt32

    init(_ status: stat) {
        kind = status.kind
        size = Int(status.st_size)
        mode = status.st_mode & 0o777
    }
}

/// How much the tools take at once.
public enum FileLimits {
    /// Bytes of a file that is read.
    public static let read = 200_000
    /// Bytes of a file that is written, and of one that is read to be changed.
    public static let write = 10_000_000
}
