import Glibc

/// What tells a file from one of the same name that was there before, and from what it was before it was written.
public struct FileStamp: Sendable, Hashable {
    private let inode: UInt
    /// Set by the kernel whenever the file is written, and by nobody else.
    private let changed: Int
    private let nanoseconds: Int

    /// - Parameter path: Absolute; of a link it is the link that is looked at. `nil` when nothing is there.
    public init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        inode = UInt(status.st_ino)
        changed = status.st_ctim.tv_sec
        nanoseconds = status.st_ctim.tv_nsec
    }
}
