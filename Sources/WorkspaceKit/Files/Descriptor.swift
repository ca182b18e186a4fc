import CLinux
import Glibc

/// A file descriptor that is closed when nobody holds it any more.
final class Descriptor: Sendable {
    let raw: Int32

    /// Takes over what a system call returned.
    ///
    /// - Throws: the number behind a negative result, as the calls of `CLinux` return it.
    init(_ result: Int32) throws(FileFault) {
        guard result >= 0 else { throw .system(-result) }
        raw = result
    }

    deinit { close(raw) }

    /// The path this descriptor refers to now, whatever it was opened by; proc(5), `/proc/pid/fd`.
    func currentPath() throws(FileFault) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(raw)", &buffer, buffer.count)
        guard count >= 0 else { throw .last }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The same file, opened for reading.
    ///
    /// A descriptor that only names a file (O_PATH) lets one look at its kind before anything is opened: opening a
    /// FIFO would wait for a writer, and opening some devices does something.
    func reopenedForReading() throws(FileFault) -> Descriptor {
        let result = Glibc.open("/proc/self/fd/\(raw)", O_RDONLY | O_CLOEXEC | O_NOCTTY)
        return try Descriptor(result < 0 ? -errno : result)
    }

    func status() throws(FileFault) -> stat {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw .last }
        return status
    }

    /// Reads to the end, but never more than `limit` bytes.
    func read(atMost limit: Int) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 1 << 16))
        while bytes.count < limit {
            let count = Glibc.read(raw, &buffer, min(buffer.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// Reads what there is at once, or nothing at the end.
    ///
    /// - Returns: the number of bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int {
        while true {
            let count = Glibc.read(raw, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .last }
        }
    }

    /// Makes the file end where the last write did; ftruncate(2).
    func endHere() throws(FileFault) {
        let end = lseek(raw, 0, SEEK_CUR)
        guard end >= 0, ftruncate(raw, end) == 0 else { throw .last }
    }

    func write(_ bytes: [UInt8]) throws(FileFault) {
        try bytes.withUnsafeBufferPointer { bytes throws(FileFault) in try write(UnsafeRawBufferPointer(bytes)) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(FileFault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(raw, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

/// Tells the kinds of files apart; inode(7).
extension stat {
    var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }

    var kind: FileKind {
        switch st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .link
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        default: .device
        }
    }
}

/// What a name in a directory stands for.
public enum FileKind: String, Sendable, Hashable {
    case file
    case directory
    case link = "symbolic link"
    case fifo = "FIFO"
    case socket
    case device
}
