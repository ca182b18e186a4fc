import Foundation
import PipelineKit
import Synchronization
import Testing

@testable import ProcessKit

/// Output of any length and of any bytes.
struct OutputTests {
    @Test func whatIsLeftOutIsCounted() async throws {
        let line = "printf 'beginning\\n'; head -c 1000000 /dev/zero; printf '\\nend'"
        let finished = try await run(.shell(line, in: "/", limit: OutputLimit(head: 10, tail: 4)))
        #expect(finished.output.text == "beginning\n[... 1000000 bytes left out ...]\n\nend")
        #expect(finished.output.total == 1_000_014)
        #expect(finished.output.isCut)
    }

    @Test func nothingIsLeftOutAtTheLimit() async throws {
        let finished = try await run(.shell("printf 1234567890", in: "/", limit: OutputLimit(head: 4, tail: 6)))
        #expect(finished.output == CappedOutput(bytes: Array("1234567890".utf8)))
    }

    @Test func theCutSparesCharacters() async throws {
        let finished = try await run(.shell("printf 'ääääää'", in: "/", limit: OutputLimit(head: 3, tail: 3)))
        #expect(finished.output.text == "ä\n[... 8 bytes left out ...]\nä")
    }

    @Test func anOutputCanBeCutAgain() async throws {
        let finished = try await run(.shell("seq 1000", in: "/", limit: OutputLimit(head: 100, tail: 100)))
        let again = finished.output.capped(to: OutputLimit(head: 4, tail: 5))
        #expect(again.text == "1\n2\n[... 3884 bytes left out ...]\n1000\n")
        #expect(again.capped(to: .standard) == again)
    }

    @Test func twoHundredMegabytesFitInBoundedMemory() async throws {
        let finished = try await run(Command(KilledEngineTests.engine, ["flood"], in: "/"))
        let numbers = finished.output.text.split(separator: " ").compactMap { Int($0) }
        #expect(numbers.first == 200_000_000)
        #expect(try #require(numbers.last) < 20_000, "kB: \(finished.output.text)")
    }

    @Test func bytesThatAreNoTextStayBytes() async throws {
        let finished = try await run(.shell(#"printf 'a\377\300b'"#, in: "/"))
        #expect(finished.output.bytes == [0x61, 0xFF, 0xC0, 0x62])
        #expect(finished.output.text == "a\u{FFFD}\u{FFFD}b")
    }

    @Test func piecesAreNeverCutThroughACharacter() {
        let pieces = Mutex<[String]>([])
        var cutter = TextPieces { piece in pieces.withLock { $0.append(piece) } }
        for byte in [UInt8]("xä€😀".utf8) + [0xFF, 0x80, 0xF0, 0x9F] {
            withUnsafeBytes(of: byte) { cutter.append($0) }
        }
        cutter.finish()
        #expect(pieces.withLock { $0 } == ["x", "ä", "€", "😀", "\u{FFFD}", "\u{FFFD}", "\u{FFFD}"])
    }

    @Test func piecesComeWhileTheCommandRuns() async throws {
        let seen = AsyncStream.makeStream(of: String.self)
        let command = Command("sh", ["-c", "printf früh; exec sleep 600"], in: "/", grace: .zero)
        let task = Task { try await run(command) { seen.continuation.yield($0) } }
        #expect(await seen.stream.first { _ in true } == "früh")
        task.cancel()
        _ = await task.result
    }

    @Test func bothStreamsAreReadAtOnce() async throws {
        let line = "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero; head -c 10 /dev/zero >&2"
        let finished = try await run(Command("sh", ["-c", line], in: "/"))
        #expect(finished.output.total == 3_000_000)
        #expect(finished.errors.total == 3_000_010)
    }
}
