import Glibc
import PipelineKit

/// The directories that clients may name files and projects in; of all others they learn nothing, not even whether they
/// are there.
///
/// What a name leads to is opened first, in a way that touches nothing (`O_PATH`, open(2)), and then looked at: where it
/// really is, and what it is. So nobody can exchange it by a symbolic link between the look and the use.
struct ServedRoots: Sendable {
    /// `O_PATH` of `<fcntl.h>`, which defines it so that Swift does not see it.
    private static let namesOnly: Int32 = 0o10_000_000

    /// Absolute paths without symbolic links.
    let paths: [String]

    /// As a person reads them: `'/srv/one', '/srv/two'`.
    var list: String { paths.map { "'\($0)'" }.joined(separator: ", ") }

    /// - Parameter paths: Absolute paths; those that are not there are left out.
    init(_ paths: [String]) {
        self.paths = paths.compactMap { path in
            guard let real = realpath(path, nil) else { return nil }
            defer { free(real) }
            return String(cString: real)
        }
    }

    /// The real path of a directory; `nil` when it is none, or not within the roots.
    func directory(_ name: String) -> String? {
        with(name, flags: O_DIRECTORY) { _, path in path }
    }

    /// The real path of a file or directory; `nil` when there is none, or not within the roots.
    func place(_ name: String) -> String? { with(name, flags: 0) { _, path in path } }

    /// The bytes of a regular file, at most `limit` and one more; `nil` when it is none, or not within the roots.
    func file(_ name: String, limit: Int) -> (path: String, bytes: [UInt8])? {
        with(name, flags: 0) { descriptor, path in
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            let reading = open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC)
            guard reading >= 0 else { return nil }
            defer { close(reading) }
            return Self.read(reading, limit: limit + 1).map { (path, $0) }
        }
    }

    /// Opens what a name means without touching it: an absolute path, or one relative to the first root that has it.
    private func with<Value>(_ name: String, flags: Int32, _ body: (_ descriptor: Int32, _ path: String) -> Value?)
        -> Value?
    {
        let isPlain = !name.isEmpty && !name.utf8.contains(0) && !name.split(separator: "/").contains("..")
        guard isPlain else { return nil }
        for path in name.hasPrefix("/") ? [name] : paths.map({ "\($0)/\(name)" }) {
            let descriptor = open(path, Self.namesOnly | O_CLOEXEC | flags)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if let real = Self.path(of: descriptor), holds(real), let value = body(descriptor, real) { return value }
        }
        return nil
    }

    private func holds(_ path: String) -> Bool {
        paths.contains { $0 == "/" || path == $0 || path.hasPrefix("\($0)/") }
    }

    private static func path(of descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return count > 0 ? String(validating: buffer.prefix(count), as: UTF8.self) : nil
    }

    private static func read(_ descriptor: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}
