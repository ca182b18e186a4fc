import CLinux
import Glibc

/// What a tree says of a name.
enum EntryMode: UInt32, Sendable {
    case directory = 0o040000
    case file = 0o100644
    case executable = 0o100755
    case link = 0o120000

    /// What a file is recorded as: of its permissions only whether its owner may run it; `nil` for what is not recorded.
    init?(_ status: stat) {
        switch status.kind {
        case .file: self = status.st_mode & S_IXUSR == 0 ? .file : .executable
        case .link: self = .link
        case .directory: self = .directory
        case .fifo, .socket, .device: return nil
        }
    }

    /// Octal, as it stands in a tree: a directory is `40000`.
    var digits: String { String(rawValue, radix: 8) }
}

/// One line of a tree.
struct TreeEntry: Sendable, Hashable {
    var mode: EntryMode
    /// A name is bytes, and need not be text; neither empty nor `.` nor `..`, without `/` and NUL.
    var name: [UInt8]
    var id: ObjectID

    /// As trees are sorted: the name of a directory has a `/` at its end.
    static func precedes(_ one: TreeEntry, _ other: TreeEntry) -> Bool {
        let count = min(one.name.count, other.name.count)
        let order = memcmp(one.name, other.name, count)
        return order == 0 ? one.byte(at: count) < other.byte(at: count) : order < 0
    }

    private func byte(at index: Int) -> UInt8 {
        index < name.count ? name[index] : mode == .directory ? UInt8(ascii: "/") : 0
    }
}

/// The content of a tree object: `MODE NAME` NUL and twenty bytes, again and again.
enum TreeCodec {
    static func append(_ mode: EntryMode, _ name: ArraySlice<UInt8>, _ id: ObjectID, to bytes: inout [UInt8]) {
        bytes += mode.digits.utf8
        bytes.append(UInt8(ascii: " "))
        bytes += name
        bytes.append(0)
        bytes += id.bytes
    }

    /// Reads a tree, which may be anything: names that lead elsewhere, modes that are none, a wrong order.
    ///
    /// - Throws: ``FileFault/damaged`` for what git would not have written here.
    static func entries(in bytes: [UInt8]) throws(FileFault) -> [TreeEntry] {
        var entries: [TreeEntry] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let entry = try entry(&rest)
            if let last = entries.last, !TreeEntry.precedes(last, entry) { throw .damaged }
            entries.append(entry)
        }
        return entries
    }

    private static func entry(_ rest: inout ArraySlice<UInt8>) throws(FileFault) -> TreeEntry {
        guard let space = rest.prefix(7).firstIndex(of: UInt8(ascii: " ")), let end = rest.firstIndex(of: 0),
            space < end, end + ObjectID.count < rest.endIndex,
            let number = UInt32(String(decoding: rest[..<space], as: UTF8.self), radix: 8),
            let mode = EntryMode(rawValue: number)
        else { throw .damaged }
        let name = Array(rest[(space + 1)..<end])
        guard !name.isEmpty, !name.contains(UInt8(ascii: "/")),
            ![".", "..", ".git"].contains(where: name.elementsEqual)
        else { throw .damaged }
        let id = rest[(end + 1)...].withUnsafeBytes { ObjectID($0) }
        rest = rest[(end + 1 + ObjectID.count)...]
        return TreeEntry(mode: mode, name: name, id: id)
    }
}

extension [UInt8] {
    fileprivate func elementsEqual(_ text: String) -> Bool { elementsEqual(text.utf8) }
}
