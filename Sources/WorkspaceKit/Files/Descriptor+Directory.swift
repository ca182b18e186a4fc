import CLinux
import Glibc

/// A name in a directory, as reading the directory gives it.
struct DirectoryName {
    /// The name itself, ended by NUL; a name is bytes, and need not be text.
    var bytes: [CChar]
    /// Of the name itself: a link is a link, whatever it leads to.
    var kind: FileKind

    /// Bytes that are no UTF-8 are U+FFFD.
    var name: String { String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
}

extension Descriptor {
    /// What this directory holds but `.` and `..`, in no order; readdir(3).
    func children() throws(FileFault) -> [DirectoryName] {
        let copy = openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .last }
        guard let stream = fdopendir(copy) else {
            defer { close(copy) }
            throw .last
        }
        defer { closedir(stream) }
        var children: [DirectoryName] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map(CChar.init(bitPattern:)) }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            let kind = try kind(entry.pointee.d_type, name + [0])
            children.append(DirectoryName(bytes: name + [0], kind: kind))
        }
        return children
    }

    /// Some file systems leave the kind out of their directories.
    private func kind(_ type: UInt8, _ name: [CChar]) throws(FileFault) -> FileKind {
        switch Int(type) {
        case DT_REG: .file
        case DT_DIR: .directory
        case DT_LNK: .link
        default: try status(of: name)?.kind ?? .file
        }
    }

    /// The names in this directory, sorted by their bytes.
    func names() throws(FileFault) -> [String] {
        try children().map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
