import CLinux
import Glibc

/// What a path of the project is, as far as a snapshot would say.
struct FileState: Sendable, Hashable {
    var mode: EntryMode
    var id: ObjectID

    init(_ mode: EntryMode, _ id: ObjectID) {
        self.mode = mode
        self.id = id
    }

    /// `nil` for nothing, and for what no snapshot of ours holds.
    init?(_ entry: RawChange.Entry) {
        guard entry.exists, let number = UInt32(entry.mode, radix: 8), let mode = EntryMode(rawValue: number),
            let id = ObjectID(entry.object)
        else { return nil }
        self.init(mode, id)
    }

    var isFile: Bool { mode == .file || mode == .executable }
}

/// The files of a project, reached from its directory name by name: no link is followed on the way.
struct ProjectFiles: Sendable {
    let root: Descriptor
    /// Absolute path.
    let path: String

    init(_ path: String) throws(FileFault) {
        self.path = path
        let result = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        root = try Descriptor(result < 0 ? -errno : result)
    }

    /// What stands at a path.
    enum Finding: Hashable {
        case nothing
        case file(FileState)
        case directory
        /// A FIFO, a socket, a device.
        case other
        /// A link stands on the way.
        case link
        /// A file stands on the way; its path.
        case below(file: [UInt8])
    }

    func finding(at path: [UInt8]) throws(FileFault) -> Finding {
        var directory = root
        var length = 0
        let parts = path.split(separator: UInt8(ascii: "/"))
        for part in parts.dropLast() {
            length += part.count + 1
            let name = part.name
            guard let status = try directory.status(of: name) else { return .nothing }
            switch status.kind {
            case .directory: directory = try directory.directory(name)
            case .link: return .link
            default: return .below(file: Array(path[..<(length - 1)]))
            }
        }
        return try Self.finding(parts.last?.name ?? [0], in: directory)
    }

    static func finding(_ name: [CChar], in directory: Descriptor) throws(FileFault) -> Finding {
        guard let status = try directory.status(of: name) else { return .nothing }
        if status.isDirectory { return .directory }
        guard let mode = EntryMode(status) else { return .other }
        if mode == .link { return .file(FileState(.link, ObjectID(.blob, try directory.link(name)))) }
        let result = openat(directory.raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        return .file(FileState(mode, try Descriptor(result < 0 ? -errno : result).blob(of: Int(status.st_size))))
    }

    /// The directory that a path is in.
    ///
    /// - Parameter making: Whether directories on the way are made.
    func parent(of path: [UInt8], making: Bool = false) throws(FileFault) -> Descriptor {
        var directory = root
        for part in path.split(separator: UInt8(ascii: "/")).dropLast() {
            if making, mkdirat(directory.raw, part.name, 0o777) != 0, errno != EEXIST { throw .last }
            directory = try directory.directory(part.name)
        }
        return directory
    }

    /// The files below a directory, by their paths; links and what is no file count too.
    func files(below path: [UInt8]) throws(FileFault) -> [[UInt8]] {
        var found: [[UInt8]] = []
        let directory = try parent(of: path + Array("/x".utf8))
        for child in try directory.children() {
            let inner = path + [UInt8(ascii: "/")] + child.bytes.dropLast().map(UInt8.init(bitPattern:))
            if child.kind == .directory { found += try files(below: inner) } else { found.append(inner) }
        }
        return found
    }

    /// Removes the directories on the way to a path that hold nothing any more, from the innermost on.
    func removeEmptied(above path: [UInt8]) {
        var rest = path
        while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
            rest = Array(rest[..<slash])
            guard let directory = try? parent(of: rest), unlinkat(directory.raw, rest.lastName, AT_REMOVEDIR) == 0
            else {
                return
            }
        }
    }
}

extension Descriptor {
    /// The id that a file's content has as a blob.
    func blob(of size: Int) throws(FileFault) -> ObjectID {
        let hash = ObjectHash(.blob, size: size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            guard count > 0 else { return hash.end() }
            hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

extension Sequence<UInt8> {
    /// As system calls take it, ended by NUL.
    var name: [CChar] { map(CChar.init(bitPattern:)) + [0] }
}

extension [UInt8] {
    /// Of a path, its last name as system calls take it.
    var lastName: [CChar] { (split(separator: UInt8(ascii: "/")).last ?? []).name }

    /// The directories a path goes through: `a` and `a/b` of `a/b/c`.
    var parents: [[UInt8]] { indices.filter { self[$0] == UInt8(ascii: "/") }.map { Array(self[..<$0]) } }
}
