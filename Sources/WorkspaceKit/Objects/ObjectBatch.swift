import CLinux
import Glibc

/// New objects and a reference to them, which get their names when all of them are on the disk.
///
/// This is git's `core.fsyncMethod=batch`, git-config(1): each is written out under a name of its own, the disk is told
/// once to keep what it has, and then all are renamed. So an object that has its name is whole, also after a power cut,
/// and need not be written again. Names that begin with `tmp_obj_` are removed by `git prune`.
struct ObjectBatch: ~Copyable {
    let objects: LooseObjects
    private var deflater: Deflater?
    private var pending: [(draft: [CChar], path: [CChar])] = []
    private var known: Set<ObjectID> = []
    /// The one that was written last.
    private var last: Descriptor?

    init(_ objects: LooseObjects) { self.objects = objects }

    /// What was not finished is as if it had never been.
    deinit {
        for file in pending { unlinkat(objects.directory.raw, file.draft, 0) }
    }

    /// Whether an object is there, or will be when this is finished.
    func holds(_ id: ObjectID) -> Bool { known.contains(id) || objects.holds(id) }

    mutating func add(_ kind: ObjectKind, _ content: [UInt8]) throws(FileFault) -> ObjectID {
        let id = ObjectID(kind, content)
        if !holds(id) { try write(id, kind, content) }
        return id
    }

    mutating func write(_ id: ObjectID, _ kind: ObjectKind, _ content: [UInt8]) throws(FileFault) {
        if deflater == nil { deflater = try Deflater() }
        guard let bytes = try deflater?.compress(kind.header(size: content.count), content) else { return }
        try write(bytes, to: id.path)
        known.insert(id)
    }

    /// Writes a file that gets its name after all that was written before.
    ///
    /// - Parameter path: Ended by NUL; absolute, or below the directory of objects.
    mutating func write(_ bytes: [UInt8], to path: [CChar]) throws(FileFault) {
        let draft = Array("tmp_obj_\(UInt64.random(in: 0 ... .max))".utf8CString)
        let result = openat(objects.directory.raw, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        let file = try Descriptor(result < 0 ? -errno : result)
        pending.append((draft, path))
        try file.write(bytes)
        if let last, sluice_write_out(last.raw) < 0, fsync(last.raw) != 0 { throw .last }
        last = file
    }

    /// Brings everything to the disk, and gives it its names: what an object refers to before the object.
    mutating func finish() throws(FileFault) {
        guard let last else { return }
        guard fsync(last.raw) == 0 else { throw .last }
        for file in pending { try name(file.draft, file.path) }
        self.last = nil
        pending = []
    }

    private func name(_ draft: [CChar], _ path: [CChar]) throws(FileFault) {
        let raw = objects.directory.raw
        if renameat(raw, draft, raw, path) == 0 { return }
        // The directory of an object's first two digits is not there yet.
        guard errno == ENOENT, path[0] != CChar(bitPattern: UInt8(ascii: "/")) else { throw .last }
        guard mkdirat(raw, Array(path[..<2]) + [0], 0o777) == 0 || errno == EEXIST else { throw .last }
        guard renameat(raw, draft, raw, path) == 0 else { throw .last }
    }
}
