import CLinux
import Glibc
import PipelineKit

/// Makes a directory hold a tree and nothing else, whatever was done to it, without git.
///
/// A ledger remembers what each file looked like when it was laid out; the time of a file's last change is among that,
/// and no program can set it. What looks the same is left where it is, the rest is removed and written. Every name is
/// reached from the directory that holds it, opened as a directory: no link is followed, whoever put it there.
struct JudgedDirectory: Sendable {
    private let objects: LooseObjects
    private let ledger: IndexFile
    /// Where the next entry of the ledger is looked for: both go in the same order.
    private var position = 0
    /// Of the directory that is laid out, from the top; empty or with a `/` at its end.
    private var path: [UInt8] = []
    /// What is there now.
    private(set) var entries: [IndexFile.Entry] = []

    init(_ objects: LooseObjects, ledger: IndexFile?) {
        self.objects = objects
        self.ledger = ledger ?? IndexFile(entries: [])
    }

    /// Lays out the whole tree, in two halves at once: with many files, nearly all of the time goes by asking for each.
    mutating func layOutAll(_ tree: ObjectID, in top: Descriptor) throws(FileFault) {
        let wanted = try TreeCodec.entries(in: objects.read(tree, .tree))
        try Self.removeOthers(than: wanted, in: top)
        let middle = wanted.firstIndex { !IndexFile.precedes($0.name, middleName) } ?? wanted.count
        let parts = (wanted[..<middle], wanted[middle...])
        let halves = BlockingThread.both { [self] in
            half(parts.0, in: top)
        } _: { [self] in
            half(parts.1, in: top)
        }
        entries = try halves.0.get() + halves.1.get()
    }

    /// What stands at the top where half of the files come before.
    private var middleName: [UInt8] {
        guard !ledger.entries.isEmpty else { return [] }
        return Array(ledger.entries[ledger.entries.count / 2].path.prefix { $0 != UInt8(ascii: "/") })
    }

    private func half(_ wanted: ArraySlice<TreeEntry>, in top: Descriptor) -> Result<[IndexFile.Entry], FileFault> {
        Result { () throws(FileFault) in
            var directory = self
            try directory.layOut(wanted, in: top)
            return directory.entries
        }
    }

    private mutating func layOut(_ tree: ObjectID, in directory: Descriptor) throws(FileFault) {
        let wanted = try TreeCodec.entries(in: objects.read(tree, .tree))
        try Self.removeOthers(than: wanted, in: directory)
        try layOut(wanted[...], in: directory)
    }

    private mutating func layOut(_ wanted: ArraySlice<TreeEntry>, in directory: Descriptor) throws(FileFault) {
        let length = path.count
        for entry in wanted {
            path += entry.name
            defer { path.removeSubrange(length...) }
            let name = entry.name.map(CChar.init(bitPattern:)) + [0]
            if entry.mode == .directory {
                path.append(UInt8(ascii: "/"))
                try layOut(entry.id, in: Self.enter(name, in: directory))
            } else {
                entries.append(try layOut(entry, name, in: directory))
            }
        }
    }

    private static func removeOthers(than wanted: [TreeEntry], in directory: Descriptor) throws(FileFault) {
        let names = Set(wanted.map(\.name))
        var others: [[CChar]] = []
        try directory.forEachName { name throws(FileFault) in
            let bytes = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            if !names.contains(bytes) { others.append(bytes.map(CChar.init(bitPattern:)) + [0]) }
        }
        for name in others { try Disk.remove(name, in: directory.raw) }
    }

    /// Opens a directory that its owner can change; one that is not there is made, and what stands in its place goes.
    private static func enter(_ name: [CChar], in directory: Descriptor) throws(FileFault) -> Descriptor {
        let status = try directory.status(of: name)
        if status?.isDirectory == false { try Disk.remove(name, in: directory.raw) }
        if status?.isDirectory != true, mkdirat(directory.raw, name, 0o777) != 0 { throw .last }
        if let status, status.isDirectory, status.st_mode & S_IRWXU != S_IRWXU {
            guard fchmodat(directory.raw, name, 0o755, 0) == 0 else { throw .last }
        }
        return try directory.directory(name)
    }

    private mutating func layOut(
        _ entry: TreeEntry,
        _ name: [CChar],
        in directory: Descriptor
    ) throws(FileFault) -> IndexFile.Entry {
        let status = try directory.status(of: name)
        let known = known()
        if let known, let status, try known.isStill(entry, status, name, in: directory, ledger.written) { return known }
        let isUntouched = status.map { FileLook($0) == known?.look } ?? false
        let isWritten = isUntouched ? try overwrite(name, by: entry, in: directory) : false
        if !isWritten {
            if status != nil { try Disk.remove(name, in: directory.raw) }
            try write(entry, name, in: directory)
        }
        guard let written = try directory.status(of: name) else { throw .damaged }
        return IndexFile.Entry(path: path, mode: entry.mode.rawValue, id: entry.id, look: FileLook(written))
    }

    /// What the ledger says of this path.
    private mutating func known() -> IndexFile.Entry? {
        while position < ledger.entries.count, IndexFile.precedes(ledger.entries[position].path, path) { position += 1 }
        guard position < ledger.entries.count, ledger.entries[position].path == path else { return nil }
        return ledger.entries[position]
    }

    /// Writes a file where the one before it stands: to free blocks on the disk may take longer than all the rest.
    ///
    /// - Returns: `false` for what is no file of the same mode, or has another name elsewhere.
    private func overwrite(
        _ name: [CChar],
        by entry: TreeEntry,
        in directory: Descriptor
    ) throws(FileFault) -> Bool {
        guard entry.mode != .link else { return false }
        let result = openat(directory.raw, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard let file = try? Descriptor(result < 0 ? -errno : result) else { return false }
        let status = try file.status()
        guard EntryMode(status) == entry.mode, status.st_nlink == 1 else { return false }
        try objects.copy(entry.id, to: file)
        try file.endHere()
        return true
    }

    private func write(_ entry: TreeEntry, _ name: [CChar], in directory: Descriptor) throws(FileFault) {
        guard entry.mode != .link else {
            let target = try objects.read(entry.id, .blob, limit: Int(PATH_MAX)).map(CChar.init(bitPattern:)) + [0]
            guard symlinkat(target, directory.raw, name) == 0 else { throw .last }
            return
        }
        let mode: mode_t = entry.mode == .executable ? 0o777 : 0o666
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let result = openat(directory.raw, name, flags, mode)
        try objects.copy(entry.id, to: Descriptor(result < 0 ? -errno : result))
    }
}

extension IndexFile.Entry {
    /// Whether a file is what was laid out, and that is what is wanted now.
    fileprivate func isStill(
        _ entry: TreeEntry,
        _ status: stat,
        _ name: [CChar],
        in directory: Descriptor,
        _ written: FileLook.Time
    ) throws(FileFault) -> Bool {
        guard mode == entry.mode.rawValue, id == entry.id, look == FileLook(status) else { return false }
        guard EntryMode(status) == entry.mode else { return false }
        guard look.isRacy(written) else { return true }
        return try entry.isContent(of: name, status, in: directory)
    }
}

extension TreeEntry {
    /// Whether a file holds what this says, byte by byte.
    fileprivate func isContent(of name: [CChar], _ status: stat, in directory: Descriptor) throws(FileFault) -> Bool {
        guard mode != .link else { return ObjectID(.blob, try directory.link(name)) == id }
        let result = openat(directory.raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard let file = try? Descriptor(result < 0 ? -errno : result) else { return false }
        let hash = ObjectHash(.blob, size: Int(status.st_size))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            guard count > 0 else { break }
            hash.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return hash.end() == id
    }
}
