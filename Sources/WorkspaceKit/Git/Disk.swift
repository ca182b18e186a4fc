import CLinux
import Glibc
import PipelineKit

/// Files of the engine's own, outside every workspace.
enum Disk {
    /// Makes a directory that only this user can enter, and those above it.
    static func makeDirectory(_ path: String) throws(Failure) {
        if mkdir(path, 0o700) == 0 { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeDirectory(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 { return }
        }
        let number = errno
        var status = stat()
        guard number == EEXIST, stat(path, &status) == 0, status.isDirectory else {
            throw Failure(.unavailable, "Directory '\(path)' could not be made: \(String(cString: strerror(number))).")
        }
    }

    /// The bytes of a file, or `nil` when it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let result = open(path, O_RDONLY | O_CLOEXEC)
        return try? Descriptor(result < 0 ? -errno : result).read(atMost: .max)
    }

    /// Overwrites a file in its place, for what is made anew when it is damaged; its reader can tell.
    static func overwrite(_ path: String, with bytes: [UInt8]) throws(Failure) {
        do throws(FileFault) {
            let result = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            let file = try Descriptor(result < 0 ? -errno : result)
            try file.write(bytes)
            try file.endHere()
        } catch {
            throw notWritten(path, error)
        }
    }

    private static func notWritten(_ path: String, _ fault: FileFault) -> Failure {
        let words = String(cString: strerror(fault.number ?? EIO))
        return Failure(.unavailable, "'\(path)' could not be written: \(words).")
    }

    /// Writes a file, all or nothing; it is on the disk before it has its name.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        // Git passes over such names, and of a killed process they are cleared away as git's own.
        let draft = "\(path).\(UInt64.random(in: 0 ... .max)).lock"
        do throws(FileFault) {
            let result = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            let file = try Descriptor(result < 0 ? -errno : result)
            try file.write(bytes)
            guard fdatasync(file.raw) == 0 else { throw .last }
            guard rename(draft, path) == 0 else { throw .last }
        } catch {
            unlink(draft)
            throw notWritten(path, error)
        }
    }

    /// Gives a file or directory another name on the same file system.
    static func move(_ path: String, to other: String) throws(Failure) {
        guard rename(path, other) == 0 else { throw notWritten(other, .last) }
    }

    static func names(in path: String) -> [String] {
        let result = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return (try? Descriptor(result < 0 ? -errno : result).names()) ?? []
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether there is a directory of that name itself, not a link to one.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.isDirectory
    }

    /// Whether there is a regular file of that name itself, not a link to one.
    static func isFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The path without symbolic links, or `nil` when there is nothing.
    static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
