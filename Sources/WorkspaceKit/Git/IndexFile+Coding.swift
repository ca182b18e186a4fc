import CCrypto
import Glibc

extension IndexFile {
    /// Signature, version, number of entries.
    private static let header = 12
    /// What an entry holds before its name.
    private static let fixed = 62

    static func entries(in bytes: [UInt8]) throws(FileFault) -> [Entry] {
        try bytes.withUnsafeBufferPointer { buffer throws(FileFault) in
            let bytes = UnsafeRawBufferPointer(buffer)
            guard bytes.count >= header + ObjectID.count, bytes.prefix(4).elementsEqual("DIRC".utf8) else {
                throw .damaged
            }
            guard number(bytes, 4) == 2 else { throw .unusual }
            let end = bytes.count - ObjectID.count
            let content = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            guard sum(content).elementsEqual(bytes[end...]) else { throw .damaged }
            return try entries(in: content, count: Int(number(bytes, 8)))
        }
    }

    private static func entries(in bytes: UnsafeRawBufferPointer, count: Int) throws(FileFault) -> [Entry] {
        var entries: [Entry] = []
        entries.reserveCapacity(min(count, bytes.count / fixed))
        var start = header
        for _ in 0..<count {
            guard start + fixed < bytes.count, let end = bytes[(start + fixed)...].firstIndex(of: 0) else {
                throw .damaged
            }
            let entry = entry(in: bytes, at: start, nameEnd: end)
            guard entries.last.map({ precedes($0.path, entry.path) }) ?? true || entry.flags & stage != 0 else {
                throw .damaged
            }
            entries.append(entry)
            // An entry ends with one to eight NUL bytes, at a multiple of eight.
            start += (end - start + 8) / 8 * 8
        }
        try expectOrdinaryExtensions(bytes, from: start)
        return entries
    }

    /// An entry of a merge that did not end: several have one path.
    private static let stage: UInt16 = 0x3000

    private static func entry(in bytes: UnsafeRawBufferPointer, at start: Int, nameEnd: Int) -> Entry {
        func field(_ index: Int) -> UInt32 { number(bytes, start + 4 * index) }
        let look = FileLook(
            changed: FileLook.Time(seconds: field(0), nanoseconds: field(1)),
            modified: FileLook.Time(seconds: field(2), nanoseconds: field(3)),
            inode: field(5),
            user: field(7),
            group: field(8),
            size: field(9)
        )
        let id = ObjectID(UnsafeRawBufferPointer(rebasing: bytes[(start + 40)..<(start + 60)]))
        let flags = UInt16(bytes[start + 60]) << 8 & 0xF000
        let path = Array(bytes[(start + fixed)..<nameEnd])
        return Entry(path: path, mode: field(6), id: id, look: look, flags: flags)
    }

    /// Extensions that begin with a capital may be passed over.
    private static func expectOrdinaryExtensions(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(FileFault) {
        var start = start
        while start < bytes.count {
            guard start + 8 <= bytes.count else { throw .damaged }
            guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[start]) else { throw .unusual }
            start += 8 + Int(number(bytes, start + 4))
        }
        guard start == bytes.count else { throw .damaged }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func sum(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let hash = sluice_sha1_new()
        sluice_digest_add(hash, bytes.baseAddress, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            buffer.baseAddress.map { sluice_digest_end(hash, $0) }
            count = ObjectID.count
        }
    }

    /// The whole file, as git reads it.
    var bytes: [UInt8] {
        var bytes = Array("DIRC".utf8)
        Self.append([2, UInt32(entries.count)], to: &bytes)
        for entry in entries {
            let look = entry.look
            let start = bytes.count
            Self.append([look.changed.seconds, look.changed.nanoseconds], to: &bytes)
            Self.append([look.modified.seconds, look.modified.nanoseconds], to: &bytes)
            Self.append([0, look.inode, entry.mode, look.user, look.group, look.size], to: &bytes)
            bytes += entry.id.bytes
            let flags = entry.flags | UInt16(min(entry.path.count, 0xFFF))
            bytes += [UInt8(flags >> 8), UInt8(flags & 0xFF)] + entry.path
            bytes += repeatElement(0, count: 8 - (bytes.count - start) % 8)
        }
        return bytes + bytes.withUnsafeBytes { Self.sum($0) }
    }

    private static func append(_ numbers: [UInt32], to bytes: inout [UInt8]) {
        for number in numbers { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
    }
}
