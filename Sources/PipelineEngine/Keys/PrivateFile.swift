import Glibc

/// A file with a secret in it.
enum PrivateFile {
    /// No secret is longer.
    static let mostBytes = 64 << 10

    /// What the file holds; `nil` when there is none.
    ///
    /// - Parameter isOwnersAlone: Whether a file that others may read is refused. The system's own stores of secrets
    ///   say who may read them by means that a mode does not tell of.
    /// - Throws: ``ServiceError/invalid(_:)`` for a file that is unfit, with what to do.
    static func read(_ path: String, isOwnersAlone: Bool = true) throws(ServiceError) -> [UInt8]? {
        // Not blocking, because a pipe without a writer would be waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .invalid("The file '\(path)' cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .invalid("'\(path)' is not a regular file, so no secret is read from it.")
        }
        let mode = status.st_mode & 0o777
        guard !isOwnersAlone || mode & 0o077 == 0 else {
            let digits = String(mode, radix: 8)
            throw .invalid(
                "The file '\(path)' is open to others (mode \(digits)), so no secret is read from it. Do: chmod 600 '\(path)'"
            )
        }
        return try content(of: file, path)
    }

    private static func content(of file: Int32, _ path: String) throws(ServiceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: mostBytes + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw .invalid("The file '\(path)' cannot be read: \(String(cString: strerror(errno))).")
            }
            if got == 0 { break }
            count += got
        }
        guard count <= mostBytes else {
            throw .invalid("The file '\(path)' is longer than \(mostBytes >> 10) kB, so it holds no secret.")
        }
        return Array(bytes[..<count])
    }

    /// Makes a file that its owner alone may read, all of it or none, and never in place of another.
    ///
    /// - Returns: whether it was made; `false` when there is one of that name.
    static func create(_ path: String, _ bytes: [UInt8]) throws(ServiceError) -> Bool {
        let draft = "\(path).\(getpid())"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unwritten(draft) }
        defer { unlink(draft) }
        let isWritten = fchmod(file, 0o600) == 0 && write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let number = errno
        close(file)
        errno = number
        guard isWritten else { throw unwritten(path) }
        // A link, because a rename would take the place of what another process has just made.
        guard link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw unwritten(path)
        }
        let directory = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        let parent = open(directory.isEmpty ? "/" : String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
        return true
    }

    private static func unwritten(_ path: String) -> ServiceError {
        .invalid("The file '\(path)' cannot be written: \(String(cString: strerror(errno))).")
    }
}
