import HTTPServer
import PipelineTesting
import Testing

/// However the bytes come, they mean the same.
struct WebSocketSplitTests {
    private static let frames: [[UInt8]] = [
        WebSocketClient.frame(0x81, "Hello, wörld €"),
        WebSocketClient.frame(0x01, Array("😀".utf8.prefix(2))),
        WebSocketClient.frame(0x89, "?"),
        WebSocketClient.frame(0x80, Array("😀!".utf8.dropFirst(2))),
        WebSocketClient.frame(0x82, [UInt8](repeating: 0xA5, count: 130)),
        WebSocketClient.frame(0x8A),
    ]
    private static let ends: [[UInt8]] = [
        WebSocketClient.frame(0x88, [0x03, 0xE8] + Array("bye".utf8)), WebSocketClient.frame(0x81, [0x61, 0xF5, 0x62]),
        WebSocketClient.bytes("83 80"), WebSocketClient.bytes("81 05"), WebSocketClient.frame(0x80, "x"),
    ]

    @Test(arguments: ends) func everySplitInThreeGivesTheSame(end: [UInt8]) {
        let bytes = Self.frames.flatMap { $0 } + end
        let whole = Reading(bytes)
        #expect(whole.events.count >= 5)
        var others = 0
        for first in bytes.indices {
            for second in first...bytes.count
            where Reading([bytes[..<first], bytes[first..<second], bytes[second...]]) != whole { others += 1 }
        }
        #expect(others == 0)
        #expect(Reading(bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    @Test func randomFramesInRandomPiecesGiveTheSame() {
        var dice = Dice(seed: 6455)
        var (faults, others) = (0, 0)
        for _ in 0..<300 {
            let bytes = Self.randomFrames(&dice)
            let whole = Reading(bytes, limit: 700)
            if whole.fault != nil { faults += 1 }
            for _ in 0..<5 where Reading(Self.randomPieces(of: bytes, &dice), limit: 700) != whole { others += 1 }
        }
        #expect(others == 0)
        #expect((30...270).contains(faults), "Some sequences should be refused and some not, but \(faults) of 300 are.")
    }

    /// Mostly right; now and then with a bit turned.
    private static func randomFrames(_ dice: inout Dice) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<dice.roll(1...6) {
            let mask = (0..<4).map { _ in UInt8(dice.roll(0...255)) }
            let text = String(repeating: dice.pick(["a", "ä", "€", "😀"]), count: dice.roll(0...60))
            bytes += WebSocketClient.frame(dice.pick([0x81, 0x82, 0x89, 0x8A, 0x81]), Array(text.utf8), mask: mask)
        }
        if dice.once(in: 3) { bytes[dice.roll(0...bytes.count - 1)] ^= 1 << UInt8(dice.roll(0...7)) }
        return bytes
    }

    private static func randomPieces(of bytes: [UInt8], _ dice: inout Dice) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(dice.roll(0...40), rest.count)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
