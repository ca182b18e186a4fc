import FoundationEssentials
import PipelineKit

/// A shared library as a file says what it is: for which machine, what it exports, what it needs. Nothing of it is run.
///
/// After the System V ABI, chapters 4 and 5 (gABI 4.1), for little-endian files of 64 bits.
struct ELFLibrary: Sendable {
    /// The names of the functions that it exports.
    let functions: Set<String>
    /// The names of what else it exports.
    let data: Set<String>
    /// The libraries that are loaded with it.
    let needed: [String]

    /// - Throws: ``Failure/Kind/missing`` for a file that cannot be read, ``Failure/Kind/invalidInput`` for one that is no
    ///   shared library of this machine; in words that begin after the file's name.
    init(_ path: String) throws(Failure) {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else {
            throw Failure(.missing, "cannot be read.")
        }
        try self.init(bytes)
    }

    /// - Parameter bytes: The whole file, whatever is in it.
    init(_ bytes: Data) throws(Failure) {
        let file = ELFReader(bytes)
        guard file.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
            throw Failure(.invalidInput, "is no shared library.")
        }
        guard file.byte(4) == 2, file.byte(5) == 1, file.half(18) == Self.machine else {
            throw Failure(.invalidInput, "is a library for another kind of machine.")
        }
        guard file.half(16) == 3 else { throw Failure(.invalidInput, "is a program, and no shared library.") }
        let sections = file.sections
        var (functions, data): (Set<String>, Set<String>) = ([], [])
        if let (section, names) = Self.first(ELFReader.dynamicSymbols, of: sections) {
            for symbol in file.symbols(in: section, names: names) where symbol.isDefined {
                if symbol.isFunction { functions.insert(symbol.name) } else { data.insert(symbol.name) }
            }
        }
        let entries = Self.first(ELFReader.dynamicEntries, of: sections)
        needed = entries.map { file.needed(in: $0, names: $1) } ?? []
        (self.functions, self.data) = (functions, data)
    }

    /// The section of a type, of which a library has one, and that with its names.
    private static func first(_ type: Int, of sections: [ELFReader.Section]) -> (
        ELFReader.Section, names: ELFReader.Section
    )? {
        guard let section = sections.first(where: { $0.type == type }), sections.indices.contains(section.link) else {
            return nil
        }
        return (section, sections[section.link])
    }

    #if arch(x86_64)
    private static let machine = 62
    #else
    private static let machine = 183
    #endif
}

/// Reads numbers and names out of a file; what lies outside of it is 0 or empty.
private struct ELFReader {
    struct Section {
        var type: Int
        var link: Int
        var offset: Int
        var size: Int
    }

    struct Symbol {
        var name: String
        var isFunction: Bool
        var isDefined: Bool
    }

    static let dynamicSymbols = 11
    static let dynamicEntries = 6
    /// Sections and symbols of one file, at most.
    private static let most = 1 << 20

    let bytes: Data

    init(_ bytes: Data) { self.bytes = bytes }

    func byte(_ offset: Int) -> Int { number(offset, 1) }
    func half(_ offset: Int) -> Int { number(offset, 2) }
    private func word(_ offset: Int) -> Int { number(offset, 4) }
    private func long(_ offset: Int) -> Int { number(offset, 8) }

    private func number(_ offset: Int, _ count: Int) -> Int {
        guard isInside(offset, count) else { return 0 }
        let value = (0..<count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[bytes.startIndex + offset + $1]) }
        return Int(exactly: value) ?? -1
    }

    /// Whether so many bytes from there on are all in the file.
    private func isInside(_ offset: Int, _ count: Int) -> Bool {
        (0...bytes.count).contains(count) && (0...bytes.count - count).contains(offset)
    }

    private func name(_ offset: Int, in names: Section) -> String {
        guard (0..<names.size).contains(offset) else { return "" }
        let rest = bytes[(bytes.startIndex + names.offset + offset)...].prefix(min(1_000, names.size - offset))
        return String(decoding: rest.prefix { $0 != 0 }, as: UTF8.self)
    }

    var sections: [Section] {
        let (start, size, count) = (long(40), half(58), half(60))
        guard size >= 64, start > 0, isInside(start, count * size) else { return [] }
        return (0..<count).map { section(at: start + $0 * size) }
    }

    /// One that does not lie in the file has nothing in it.
    private func section(at place: Int) -> Section {
        let (offset, size) = (long(place + 24), long(place + 32))
        let range = isInside(offset, size) ? (offset, size) : (0, 0)
        return Section(type: word(place + 4), link: word(place + 40), offset: range.0, size: range.1)
    }

    func symbols(in section: Section, names: Section) -> [Symbol] {
        (0..<min(section.size / 24, Self.most)).map { index in
            let place = section.offset + index * 24
            let kind = byte(place + 4) & 0xF
            return Symbol(
                name: name(word(place), in: names),
                isFunction: kind == 2 || kind == 10,  // STT_FUNC, STT_GNU_IFUNC
                isDefined: half(place + 6) != 0 && byte(place + 4) >> 4 != 0
            )
        }
    }

    func needed(in section: Section, names: Section) -> [String] {
        (0..<min(section.size / 16, Self.most)).filter { long(section.offset + $0 * 16) == 1 }.map {
            name(long(section.offset + $0 * 16 + 8), in: names)
        }
    }
}
