import Glibc

/// Objects that are files of their own below a directory; gitrepository-layout(5).
struct LooseObjects: Sendable {
    let directory: Descriptor

    /// - Parameter path: Absolute path of a directory `objects`.
    init(_ path: String) throws(FileFault) {
        let result = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        directory = try Descriptor(result < 0 ? -errno : result)
    }

    func holds(_ id: ObjectID) -> Bool { faccessat(directory.raw, id.path, F_OK, 0) == 0 }

    /// The content of an object.
    ///
    /// - Throws: ENOENT when it is not loose, ``FileFault/damaged`` when it is not what it should be, and
    ///   ``FileFault/unusual`` when it has more than `limit` bytes.
    func read(_ id: ObjectID, _ kind: ObjectKind, limit: Int = FileSizes.inMemory) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        try pieces(of: id, kind) { size throws(FileFault) in
            guard size <= limit else { throw .unusual }
            bytes.reserveCapacity(size)
        } body: { piece throws(FileFault) in
            bytes += piece
        }
        return bytes
    }

    /// Writes the content of a blob to a file, whatever its size.
    func copy(_ id: ObjectID, to file: Descriptor) throws(FileFault) {
        try pieces(of: id, .blob) { _ in
        } body: { piece throws(FileFault) in
            try file.write(piece)
        }
    }

    private func pieces(
        of id: ObjectID,
        _ kind: ObjectKind,
        begin: (Int) throws(FileFault) -> Void,
        body: (UnsafeRawBufferPointer) throws(FileFault) -> Void
    ) throws(FileFault) {
        let result = openat(directory.raw, id.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        let file = try Descriptor(result < 0 ? -errno : result)
        var left: Int?
        try Inflater.pieces(of: file) { piece throws(FileFault) in
            var content = piece
            if left == nil {
                let size = try Self.size(in: &content, kind)
                try begin(size)
                left = size
            }
            left = (left ?? 0) - content.count
            guard (left ?? 0) >= 0 else { throw .damaged }
            if !content.isEmpty { try body(content) }
        }
        guard left == 0 else { throw .damaged }
    }

    /// Takes the header off the first piece, which is much longer than any header.
    private static func size(in piece: inout UnsafeRawBufferPointer, _ kind: ObjectKind) throws(FileFault) -> Int {
        guard let end = piece.prefix(32).firstIndex(of: 0),
            let size = Int(String(decoding: piece[..<end].dropFirst(kind.rawValue.utf8.count + 1), as: UTF8.self)),
            size >= 0, piece[...end].elementsEqual(kind.header(size: size))
        else { throw .damaged }
        piece = UnsafeRawBufferPointer(rebasing: piece[(end + 1)...])
        return size
    }
}

/// How much is done without git.
enum FileSizes {
    /// Bytes of a file that is hashed or compressed in memory.
    static let inMemory = 1 << 23
}
