import Glibc

extension ProjectTree {
    /// The most bytes that a file may have and be read, a megabyte.
    static let mostBytes = 1 << 20
    /// The most names that are read of one directory.
    static let mostNames = 5_000

    /// A directory of this machine.
    ///
    /// - Parameter root: Absolute path of the directory.
    public static func onDisk(_ root: String) -> ProjectTree {
        ProjectTree(
            entries: { entries(of: $0.isEmpty ? root : "\(root)/\($0)") },
            text: { bytes(of: "\(root)/\($0)").map { String(decoding: $0, as: UTF8.self) } }
        )
    }

    private static func entries(of path: String) -> [Entry] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while entries.count < mostNames, let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self), name != ".", name != ".." else { continue }
            guard let isDirectory = isDirectory(entry.pointee.d_type, "\(path)/\(name)") else { continue }
            entries.append(Entry(name, isDirectory: isDirectory))
        }
        return entries
    }

    /// - Returns: `nil` for what is neither, such as a link. Some file systems leave the kind out of their directories.
    private static func isDirectory(_ type: UInt8, _ path: String) -> Bool? {
        switch Int(type) {
        case DT_DIR: return true
        case DT_REG: return false
        case DT_UNKNOWN:
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            return kind(status)
        default: return nil
        }
    }

    private static func kind(_ status: stat) -> Bool? {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: true
        case S_IFREG: false
        default: nil
        }
    }

    private static func bytes(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, kind(status) == false, status.st_size <= mostBytes else { return nil }
        var bytes: [UInt8] = []
        while bytes.count <= mostBytes {
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 { bytes += buffer[..<count] }
                return count
            }
            guard count > 0 else { return count == 0 ? bytes : nil }
        }
        // It has grown meanwhile.
        return nil
    }
}
