import Foundation
import FuzzEntries
import Testing

/// What the fuzzers start from and what they once found, through the same functions; a broken promise traps.
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Corpus")

    @Test(arguments: fuzzEntries.keys.sorted()) func everyInputKeepsThePromises(entry: String) throws {
        let attempt = try #require(fuzzEntries[entry])
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: entry),
            includingPropertiesForKeys: nil
        )
        #expect((20..<200).contains(files.count))
        for file in files { attempt([UInt8](try Data(contentsOf: file))) }
    }
}
