import CSQLite
import Glibc

/// SQLite's own way to files, but for names: a path is taken as it is.
///
/// SQLite follows the symbolic links of a path first, by text. So `/proc/self/fd/7/a.db` would become a path that others
/// can lead elsewhere before it is opened; as it is, it leads through the directory that is held open. The last name is
/// opened with O_NOFOLLOW, and so are the log and the journal beside it: <https://www.sqlite.org/vfs.html>.
enum HeldFiles {
    static let name = "sluice-held"

    /// Makes it known to SQLite, once; `false` where SQLite has no files of that kind.
    static let isKnown: Bool = {
        guard let standard = sqlite3_vfs_find("unix") else { return false }
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        own.initialize(to: standard.pointee)
        own.pointee.pNext = nil
        own.pointee.zName = UnsafePointer(strdup(name))
        own.pointee.xFullPathname = { _, path, room, target in
            guard let path, let target, strlen(path) < Int(room) else { return SQLITE_CANTOPEN }
            strcpy(target, path)
            return SQLITE_OK
        }
        return sqlite3_vfs_register(own, 0) == SQLITE_OK
    }()
}
