import FoundationEssentials
import Glibc
import PipelineEngine

/// The file of a database, before SQLite sees it.
enum SQLiteFile {
    /// Makes sure that there is a file to open, and creates it for its owner alone.
    ///
    /// SQLite gives `-wal` and `-shm` the mode of the database, so these are private too.
    ///
    /// - Returns: the absolute path, so that no name has a special meaning (`:memory:`, an empty one).
    static func prepare(_ path: String) throws(StoreError) -> String {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .unavailable("The database '\(path)' cannot be opened: this is not a path. Name a file with --db.")
        }
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        if try !exists(absolute) { try create(absolute) }
        return absolute
    }

    private static func exists(_ path: String) throws(StoreError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw unavailable(path, "opened", errno) }
            return false
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return true
        case S_IFDIR: throw unusable(path, "a directory")
        default: throw unusable(path, "not a regular file")
        }
    }

    private static func create(_ path: String) throws(StoreError) {
        try createDirectory(parent(of: path))
        let file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == EEXIST { return }  // another process was faster, or it is a link that SQLite will follow
            throw unavailable(path, "created", errno)
        }
        fchmod(file, 0o600)  // whatever the umask took away
        close(file)  // SQLite holds no lock on it yet; closing any descriptor of a file would drop those
    }

    private static func createDirectory(_ path: String) throws(StoreError) {
        var status = stat()
        guard stat(path, &status) != 0 else { return }
        try createDirectory(parent(of: path))
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw unavailable(path, "created", errno)
        }
        chmod(path, 0o700)
        sync(parent(of: path))  // SQLite does so only for the directory that its own files are in
    }

    private static func sync(_ directory: String) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func parent(of path: String) -> String {
        let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        return parent.isEmpty ? "/" : String(parent)
    }

    private static func unusable(_ path: String, _ what: String) -> StoreError {
        .unavailable("The database '\(path)' cannot be opened: it is \(what). Name a file with --db.")
    }

    private static func unavailable(_ path: String, _ verb: String, _ number: Int32) -> StoreError {
        let reason = String(cString: strerror(number))
        return .unavailable("'\(path)' cannot be \(verb): \(reason). Name another place with --db.")
    }
}
