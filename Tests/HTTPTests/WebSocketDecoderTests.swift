import HTTPKit
import HTTPServer
import Testing

/// What frames give, from their bytes.
struct WebSocketDecoderTests {
    private static let hello = Array("Hello".utf8)

    @Test(
        arguments: [
            // RFC 6455, section 5.7.
            ("81 85 37 FA 21 3D 7F 9F 4D 51 58", [.text(hello)]),
            ("8A 85 37 FA 21 3D 7F 9F 4D 51 58", [.pong(hello)]),
            ("89 85 37 FA 21 3D 7F 9F 4D 51 58", [.ping(hello)]),
            // A mask of zeroes changes nothing.
            ("82 85 00 00 00 00 48 65 6C 6C 6F", [.binary(hello)]),
            ("01 83 00 00 00 00 48 65 6C 80 82 00 00 00 00 6C 6F", [.text(hello)]),
            // Nothing is something.
            ("81 80 01 02 03 04", [.text([])]),
            ("82 80 01 02 03 04", [.binary([])]),
            ("89 80 01 02 03 04", [.ping([])]),
            ("01 80 01 02 03 04 00 80 01 02 03 04 80 80 01 02 03 04", [.text([])]),
            // A ping between two fragments.
            (
                "02 81 00 00 00 00 48 89 81 00 00 00 00 21 80 81 00 00 00 00 49",
                [.ping([0x21]), .binary([0x48, 0x49])]
            ),
            // Two messages, each with a mask of its own.
            ("82 81 01 00 00 00 49 82 81 02 00 00 00 4B", [.binary([0x48]), .binary([0x49])]),
            // The euro sign in three fragments.
            ("01 81 00 00 00 00 E2 00 81 00 00 00 00 82 80 81 00 00 00 00 AC", [.text([0xE2, 0x82, 0xAC])]),
            ("88 80 01 02 03 04", [.close(nil, reason: [])]),
            ("88 82 00 00 00 00 03 E8", [.close(.normal, reason: [])]),
            ("88 84 00 00 00 00 03 E9 6F 6B", [.close(.goingAway, reason: [0x6F, 0x6B])]),
        ] as [(String, [WebSocketEvent])]
    )
    func framesGiveTheirEvents(hex: String, events: [WebSocketEvent]) {
        let reading = Reading(WebSocketClient.bytes(hex))
        #expect(reading.events == events)
        #expect(reading.fault == nil)
    }

    /// Every form of length, at both of its ends.
    @Test(arguments: [125, 126, 127, 0xFFFF, 0x10000, 1 << 20])
    func aMessageOfEveryLengthIsRead(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(Reading(WebSocketClient.frame(0x82, payload)).events == [.binary(payload)])
    }

    @Test func aControlFrameCarriesUpTo125Bytes() {
        let payload = [UInt8](repeating: 7, count: 125)
        #expect(Reading(WebSocketClient.frame(0x89, payload)).events == [.ping(payload)])
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
    func aCodeThatMayBeSentIsRead(code: UInt16) {
        let payload = [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + Array("wörd".utf8)
        let reading = Reading(WebSocketClient.frame(0x88, payload))
        #expect(reading.events == [.close(CloseCode(code), reason: Array("wörd".utf8))])
        #expect(reading.fault == nil)
    }

    @Test func whatFollowsACloseIsIgnored() {
        let reading = Reading(WebSocketClient.frame(0x88) + WebSocketClient.frame(0x81, "late") + [0xFF, 0xFF])
        #expect(reading == Reading(WebSocketClient.frame(0x88)))
    }

    @Test func aCloseMayComeBetweenFragments() {
        let reading = Reading(WebSocketClient.frame(0x01, "half") + WebSocketClient.frame(0x88))
        #expect(reading.events == [.close(nil, reason: [])])
        #expect(reading.fault == nil)
    }

    @Test func whatIsCutOffGivesNothingYet() {
        let frame = WebSocketClient.frame(0x81, "Hello")
        for count in 0..<frame.count { #expect(Reading([frame[..<count]]).events == []) }
    }

    @Test func aMessageMayBeAsLongAsTheLimit() {
        let fragments = WebSocketClient.frame(0x01, "1234") + WebSocketClient.frame(0x80, "5678")
        #expect(Reading(fragments, limit: 8).events == [.text(Array("12345678".utf8))])
        #expect(Reading(fragments + fragments, limit: 8).events.count == 2)
    }

    /// Copying all that came before for each byte would take minutes.
    @Test(.timeLimit(.minutes(1))) func aLongMessageInSinglePiecesIsReadInGoodTime() {
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        let frame = WebSocketClient.frame(0x81, payload)
        #expect(Reading(frame.indices.map { frame[$0...$0] }).events == [.text(payload)])
    }

    @Test(.timeLimit(.minutes(1))) func aLongMessageInSingleFragmentsIsReadInGoodTime() {
        let count = 1 << 20
        var bytes = WebSocketClient.frame(0x01, "x")
        let next = WebSocketClient.frame(0x00, "x")
        bytes.reserveCapacity(count * next.count)
        for _ in 2..<count { bytes += next }
        bytes += WebSocketClient.frame(0x80, "x")
        #expect(Reading(bytes).events == [.text([UInt8](repeating: UInt8(ascii: "x"), count: count))])
    }
}
