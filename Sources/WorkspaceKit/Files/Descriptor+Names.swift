import CLinux
import Glibc

extension Descriptor {
    /// Lends each name in this directory but `.` and `..`, in no order; readdir(3).
    ///
    /// For directories of which a lot are read: nothing is copied.
    ///
    /// - Parameter body: Gets the name, ended by NUL; it may open and remove names, and must not keep the pointer.
    func forEachName(_ body: (UnsafePointer<CChar>) throws(FileFault) -> Void) throws(FileFault) {
        let copy = openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .last }
        guard let stream = fdopendir(copy) else {
            defer { close(copy) }
            throw .last
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw .last }
                return
            }
            // The field is declared as a tuple of its largest size.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { try body(name) }
        }
    }

    /// What a name in this directory is, a symbolic link itself; `nil` when it is gone.
    func status(of name: UnsafePointer<CChar>) throws(FileFault) -> stat? {
        var status = stat()
        guard fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .last }
            return nil
        }
        return status
    }

    /// Opens a directory in this one, not a link to one.
    func directory(_ name: UnsafePointer<CChar>) throws(FileFault) -> Descriptor {
        let result = openat(raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return try Descriptor(result < 0 ? -errno : result)
    }

    /// The text of a symbolic link in this directory, which is bytes.
    func link(_ name: UnsafePointer<CChar>) throws(FileFault) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(raw, name, &buffer, buffer.count)
        guard count >= 0 else { throw .last }
        return Array(buffer[..<count])
    }
}
