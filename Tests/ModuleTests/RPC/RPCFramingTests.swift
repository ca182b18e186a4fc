import PipelineKit
import PipelineTesting
import RPCKit
import Testing

/// Messages in a stream of bytes.
struct RPCFramingTests {
    private func messages(_ dice: inout Dice) -> [RPCMessage] {
        (0..<dice.roll(0...12)).map { number in
            let text = String(repeating: dice.pick(["é", "\n", "x", "\r\n", "\u{2028}"]), count: dice.roll(0...300))
            return .notification(method: "note\(number)", params: ["text": .string(text)])
        }
    }

    @Test(arguments: [RPCFraming.lines, .headers])
    func howAStreamIsCutMakesNoDifference(framing: RPCFraming) throws {
        for seed in 0..<300 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let sent = messages(&dice)
            let bytes = sent.flatMap(framing.framed)
            var reader = RPCFrameReader(framing, limit: 10_000)
            var (read, place): ([RPCMessage], Int) = ([], 0)
            while place < bytes.count {
                let end = min(bytes.count, place + dice.roll(1...(dice.once(in: 3) ? 3 : 500)))
                for frame in try reader.take(Array(bytes[place..<end])) { read.append(try RPCMessage(parsing: frame)) }
                place = end
            }
            #expect(read == sent, "seed \(seed)")
        }
    }

    @Test func blankLinesAreNoMessages() throws {
        var reader = RPCFrameReader(.lines, limit: 100)
        #expect(try reader.take(Array("\n\r\n  \n{}\r\n".utf8)) == [Array("{}\r".utf8)])
    }

    @Test func otherHeadersAreReadOver() throws {
        var reader = RPCFrameReader(.headers, limit: 100)
        let text = "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}"
        #expect(try reader.take(Array(text.utf8)) == [Array("{}".utf8)])
    }

    @Test(arguments: [
        (
            RPCFraming.lines, String(repeating: "x", count: 101),
            "A message has more than 100 B, which is the most that is taken."
        ),
        (.headers, "Content-Length: 101\r\n\r\n", "A message has more than 100 B, which is the most that is taken."),
        (.headers, "Hello\r\n\r\n", "'Hello' was read where a header 'Content-Length: 123' should be."),
        (
            .headers, "Content-Length: -1\r\n\r\n",
            "'Content-Length: -1' was read where a header 'Content-Length: 123' should be."
        ),
        (.headers, "\r\n", "'' was read where a header 'Content-Length: 123' should be."),
    ])
    func whatCannotBeTakenIsTold(framing: RPCFraming, text: String, message: String) {
        var reader = RPCFrameReader(framing, limit: 100)
        #expect(throws: Failure(.unavailable, message)) { try reader.take(Array(text.utf8)) }
    }

    @Test func headersWithoutAnEndAreNotGatheredForEver() {
        var reader = RPCFrameReader(.headers, limit: 1 << 20)
        #expect(throws: Failure.self) {
            for _ in 0..<10 { _ = try reader.take(Array(repeating: UInt8(ascii: "x"), count: 1_000)) }
        }
    }
}
