import FoundationEssentials

/// A git index, as far as the names of embedded repositories are in it; gitformat-index(5), version 2.
enum IndexFile {
    /// The paths of the entries that stand for a commit of another repository.
    static func embeddedRepositories(in path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.withUnsafeBytes { bytes in
            guard bytes.count >= header, bytes.prefix(4).elementsEqual("DIRC".utf8) else { return [] }
            var found: [String] = []
            var start = header
            for _ in 0..<number(bytes, 8) {
                guard start + fixed < bytes.count else { break }
                let name = name(bytes, start)
                if number(bytes, start + 24) & 0o170000 == 0o160000 {
                    found.append(String(decoding: name, as: UTF8.self))
                }
                // An entry ends with one to eight NUL bytes, at a multiple of eight.
                start += (name.endIndex - start + 8) / 8 * 8
            }
            return found
        }
    }

    /// Signature, version, number of entries.
    private static let header = 12
    /// What an entry holds before its name; two bytes more when it is extended.
    private static let fixed = 62

    private static func name(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Slice<UnsafeRawBufferPointer> {
        let flags = Int(bytes[start + 60]) << 8 | Int(bytes[start + 61])
        let first = start + fixed + (flags & 0x4000 == 0 ? 0 : 2)
        let length = flags & 0xFFF
        guard length == 0xFFF else { return bytes[first..<min(first + length, bytes.count)] }
        return bytes[first..<(bytes[first...].firstIndex(of: 0) ?? bytes.count)]
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}
