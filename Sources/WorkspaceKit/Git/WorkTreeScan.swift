import CLinux
import Glibc

/// Looks through a work tree for what differs from an index, without git.
///
/// It finds what was changed and what was removed. Whether something new is recorded or ignored is left to git, and so
/// is all else that is out of the ordinary: ``FileFault/unusual``. What is neither file nor directory nor link is
/// passed over, as are empty directories.
struct WorkTreeScan: ~Copyable {
    private var entries: [IndexFile.Entry]
    /// Which of the entries are still there.
    private var isThere: [Bool]
    private var batch: ObjectBatch
    private let index: IndexFile
    private let ignored: IgnoredPaths
    /// Of the directory that is looked at, from the top; empty or with a `/` at its end.
    private var path: [UInt8]
    /// Bytes that may still be hashed; more is better remembered in the index, which is git's.
    private var budget = FileSizes.inMemory

    init(_ index: IndexFile, _ ignored: IgnoredPaths, into batch: consuming ObjectBatch) {
        self.index = index
        self.ignored = ignored
        self.batch = batch
        entries = index.entries
        isThere = Array(repeating: false, count: entries.count)
        path = []
    }

    mutating func look(through scope: Scope) throws(FileFault) {
        let isOrdinary = entries.allSatisfy { $0.flags == 0 && EntryMode(rawValue: $0.mode) != nil }
        guard isOrdinary, !ignored.holdRules else { throw .unusual }
        path = Array(scope.prefix.utf8)
        let result = open(scope.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try look(through: Descriptor(result < 0 ? -errno : result), isTop: scope.directory == scope.top)
        let lostRules = isThere.indices.contains { !isThere[$0] && IgnoreRules.areRules(entries[$0].path) }
        guard !lostRules else { throw .unusual }
    }

    /// Writes the trees of what was found and a reference to them, and brings all that is new to the disk.
    ///
    /// - Parameter references: Absolute path of the directory of references.
    mutating func write(_ scope: Scope, references: String) throws(FileFault) -> ObjectID {
        let found = zip(entries, isThere).filter(\.1).map(\.0)
        let tree = try TreeWriter(found).write(below: scope.prefix.utf8.count, into: &batch)
        let reference = "\(references)/\(tree.hexadecimal)"
        if !Disk.exists(reference) {
            try batch.write(Array("\(tree.hexadecimal)\n".utf8), to: Array(reference.utf8CString))
        }
        try batch.finish()
        return tree
    }

    private mutating func look(through directory: Descriptor, isTop: Bool) throws(FileFault) {
        let length = path.count
        try directory.forEachName { name throws(FileFault) in
            guard strcmp(name, ".git") != 0 else {
                if isTop { return }
                throw .unusual
            }
            path.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name)))
            defer { path.removeSubrange(length...) }
            try look(at: name, in: directory)
        }
    }

    private mutating func look(at name: UnsafePointer<CChar>, in directory: Descriptor) throws(FileFault) {
        // Gone while it was looked at, then.
        guard let status = try directory.status(of: name) else { throw .unusual }
        if status.isDirectory { return try enter(name, in: directory) }
        guard let position = index.position(of: path) else {
            guard EntryMode(status) == nil || ignored.paths.contains(path) else { throw .unusual }
            return
        }
        isThere[position] = true
        try compare(position, status, name, in: directory)
    }

    private mutating func enter(_ name: UnsafePointer<CChar>, in directory: Descriptor) throws(FileFault) {
        path.append(UInt8(ascii: "/"))
        if ignored.paths.contains(path), !index.hasEntries(below: path) { return }
        try look(through: directory.directory(name), isTop: false)
    }

    private mutating func compare(
        _ position: Int,
        _ status: stat,
        _ name: UnsafePointer<CChar>,
        in directory: Descriptor
    ) throws(FileFault) {
        let entry = entries[position]
        guard let mode = EntryMode(status) else { throw .unusual }
        let look = FileLook(status)
        // Git notes the size 0 for what it could not tell from changed.
        let isKnown = look.size > 0 || entry.id == .emptyBlob
        if mode.rawValue == entry.mode, look == entry.look, isKnown, !look.isRacy(index.written) { return }
        let content = mode == .link ? try directory.link(name) : try content(of: name, in: directory)
        entries[position].mode = mode.rawValue
        entries[position].id = try batch.add(.blob, content)
        guard entries[position].id == entry.id || !IgnoreRules.areRules(entry.path) else { throw .unusual }
    }

    private mutating func content(of name: UnsafePointer<CChar>, in directory: Descriptor) throws(FileFault) -> [UInt8]
    {
        let result = openat(directory.raw, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        let bytes = try Descriptor(result < 0 ? -errno : result).read(atMost: budget + 1)
        guard bytes.count <= budget else { throw .unusual }
        budget -= bytes.count
        return bytes
    }
}
