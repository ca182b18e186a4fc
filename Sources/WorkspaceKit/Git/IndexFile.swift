import CCrypto
import CLinux
import Glibc

/// A git index: paths in order, each with the object that it was and what the file looked like; gitformat-index(5).
///
/// Version 2, which is the one that ``PrivateRepository`` asks for.
struct IndexFile: Sendable {
    struct Entry: Sendable {
        /// From the top, without a `/` at the end; bytes, and not always text.
        var path: [UInt8]
        /// As git writes it; a value that ``EntryMode`` does not know is something that is left to git.
        var mode: UInt32
        var id: ObjectID
        var look: FileLook
        /// The flags but the length of the name: what git knows of an entry beyond what it was.
        var flags: UInt16 = 0
    }

    /// Sorted by the bytes of the paths.
    var entries: [Entry]
    /// When the file was written: what changed since looks later than this, or the same.
    var written: FileLook.Time

    init(entries: [Entry]) {
        self.entries = entries
        written = FileLook.Time(seconds: 0, nanoseconds: 0)
    }

    /// - Throws: ENOENT when there is none, ``FileFault/damaged`` and ``FileFault/unusual``.
    init(at path: String) throws(FileFault) {
        let result = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        let file = try Descriptor(result < 0 ? -errno : result)
        let status = try file.status()
        written = FileLook(status).modified
        entries = try Self.entries(in: file.read(atMost: Self.limit))
    }

    /// Bytes; some millions of files.
    private static let limit = 1 << 29

    /// The entry of a path.
    func position(of path: [UInt8]) -> Int? {
        let position = firstPosition(from: path)
        return position < entries.count && entries[position].path == path ? position : nil
    }

    /// Whether there is an entry below a directory, which is named with a `/` at its end.
    func hasEntries(below directory: [UInt8]) -> Bool {
        let position = firstPosition(from: directory)
        return position < entries.count && entries[position].path.starts(with: directory)
    }

    /// Where a path is, or would be.
    func firstPosition(from path: [UInt8]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(entries[middle].path, path) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    static func precedes(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let order = memcmp(one, other, min(one.count, other.count))
        return order == 0 ? one.count < other.count : order < 0
    }

    /// The paths of the entries that stand for a commit of another repository.
    static func embeddedRepositories(in path: String) -> [String] {
        guard let index = try? IndexFile(at: path) else { return [] }
        return index.entries.filter { $0.mode == 0o160000 }.map { String(decoding: $0.path, as: UTF8.self) }
    }
}

/// What stat(2) says of a file, as far as it tells whether the file was changed; as git compares it by default, with
/// the nanoseconds.
struct FileLook: Sendable, Hashable {
    struct Time: Sendable, Hashable, Comparable {
        var seconds: UInt32
        var nanoseconds: UInt32

        init(seconds: UInt32, nanoseconds: UInt32) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        init(_ time: timespec) {
            seconds = UInt32(truncatingIfNeeded: time.tv_sec)
            nanoseconds = UInt32(truncatingIfNeeded: time.tv_nsec)
        }

        static func < (one: Time, other: Time) -> Bool {
            (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
        }
    }

    /// Of the inode, which no program can set.
    var changed: Time
    var modified: Time
    var inode: UInt32
    var user: UInt32
    var group: UInt32
    var size: UInt32

    init(changed: Time, modified: Time, inode: UInt32, user: UInt32, group: UInt32, size: UInt32) {
        self.changed = changed
        self.modified = modified
        self.inode = inode
        self.user = user
        self.group = group
        self.size = size
    }

    init(_ status: stat) {
        changed = Time(status.st_ctim)
        modified = Time(status.st_mtim)
        inode = UInt32(truncatingIfNeeded: status.st_ino)
        user = status.st_uid
        group = status.st_gid
        size = UInt32(truncatingIfNeeded: status.st_size)
    }

    /// Whether the file may have been changed afterwards and look like this still, since clocks go in steps.
    func isRacy(_ written: Time) -> Bool { max(changed, modified) >= written }
}
