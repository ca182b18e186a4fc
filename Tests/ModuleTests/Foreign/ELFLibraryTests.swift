import Foundation
import PipelineKit
import Testing

@testable import ForeignTool

/// A file says of itself what it likes, and is read in the process that lints.
struct ELFLibraryTests {
    private static func library() throws -> Data {
        let path = try #require(LibraryFile.path(of: "libdl.so.2", in: "/"))
        return try Data(contentsOf: URL(filePath: path))
    }

    private static func number(_ bytes: Data, at place: Int, _ count: Int) -> Int {
        bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private static func putting(_ value: UInt64, at place: Int, in bytes: Data) -> Data {
        var bytes = bytes
        for index in 0..<8 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8)) }
        return bytes
    }

    /// Where its headers stand: 64 bytes of each section.
    private static func sections(_ bytes: Data) -> [Int] {
        let (start, count) = (number(bytes, at: 40, 8), number(bytes, at: 60, 2))
        return (0..<count).map { start + $0 * 64 }
    }

    private static let extremes: [UInt64] = [
        .max, 0x7FFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFC0, 0x8000_0000_0000_0000, 0xFFFF_FFFF, 1 << 40, 1, 0,
    ]

    @Test func aGoodOneIsRead() throws {
        let library = try ELFLibrary(try Self.library())
        #expect(library.functions.contains("__libdl_version_placeholder"))
        #expect(library.needed == ["libc.so.6"])
    }

    @Test(arguments: extremes) func aTableOfSectionsThatIsNotInTheFileIsEmpty(value: UInt64) throws {
        let library = try ELFLibrary(Self.putting(value, at: 40, in: try Self.library()))
        #expect(library.functions.isEmpty && library.needed.isEmpty)
    }

    @Test(arguments: extremes, [24, 32, 40]) func aSectionThatIsNotInTheFileIsEmpty(value: UInt64, field: Int) throws {
        let bytes = try Self.library()
        for section in Self.sections(bytes) {
            _ = try ELFLibrary(Self.putting(value, at: section + field, in: bytes))
        }
    }

    @Test(arguments: extremes) func aNameThatIsNotInTheFileIsEmpty(value: UInt64) throws {
        let bytes = try Self.library()
        let dynamic = try #require(Self.sections(bytes).first { Self.number(bytes, at: $0 + 4, 4) == 6 })
        let library = try ELFLibrary(
            Self.putting(value, at: Self.number(bytes, at: dynamic + 24, 8) + 8, in: bytes)
        )
        #expect(library.needed != ["libc.so.6"])
    }

    /// Most of what is wrong with a file is a number in its headers.
    @Test func noDamageMakesItTrap() throws {
        let bytes = try Self.library()
        let headers = Array(16..<64) + Self.sections(bytes).flatMap { $0..<$0 + 64 }
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...8) {
                let place = Bool.random() ? headers.randomElement() ?? 0 : Int.random(in: 16..<bytes.count)
                damaged[place] = Bool.random() ? 0xFF : .random(in: 0...255)
            }
            _ = try? ELFLibrary(damaged)
            _ = try? ELFLibrary(Data(damaged.prefix(.random(in: 0...damaged.count))))
        }
    }
}
