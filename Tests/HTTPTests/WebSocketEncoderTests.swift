import HTTPKit
import HTTPServer
import Testing

/// The bytes of a server's frames.
struct WebSocketEncoderTests {
    @Test(
        arguments: [
            // RFC 6455, section 5.7.
            (.text, 5, "81 05"),
            (.ping, 5, "89 05"),
            (.binary, 256, "82 7E 01 00"),
            (.binary, 65536, "82 7F 00 00 00 00 00 01 00 00"),
            // The ends of every form.
            (.text, 0, "81 00"),
            (.text, 125, "81 7D"),
            (.text, 126, "81 7E 00 7E"),
            (.text, 65535, "81 7E FF FF"),
            (.text, Int.max, "81 7F 7F FF FF FF FF FF FF FF"),
        ] as [(WebSocketOpcode, Int, String)]
    )
    func aHeaderIsTheShortest(opcode: WebSocketOpcode, count: Int, hex: String) {
        let header = WebSocketEncoder.header(of: opcode, count: count)
        #expect(header == WebSocketClient.bytes(hex))
        #expect(header.count <= WebSocketEncoder.longestHeader)
    }

    @Test func aHeaderIsAppendedToWhatStandsThere() {
        var bytes: [UInt8] = [1, 2]
        WebSocketEncoder.appendHeader(of: .text, count: 3, to: &bytes)
        #expect(bytes == [1, 2, 0x81, 3])
    }

    @Test func aPingAndItsPongCarryTheSame() {
        let hello = Array("Hello".utf8)
        #expect(WebSocketEncoder.ping(hello) == WebSocketClient.bytes("89 05 48 65 6C 6C 6F"))
        #expect(WebSocketEncoder.pong(hello) == WebSocketClient.bytes("8A 05 48 65 6C 6C 6F"))
        #expect(WebSocketEncoder.ping() == [0x89, 0])
    }

    @Test func aCloseCarriesItsCodeAndReason() {
        #expect(WebSocketEncoder.close(.goingAway, "ok") == WebSocketClient.bytes("88 04 03 E9 6F 6B"))
        #expect(WebSocketEncoder.close(.normal) == WebSocketClient.bytes("88 02 03 E8"))
    }

    @Test func aCloseIsAnsweredInKind() {
        #expect(WebSocketEncoder.close(answering: nil) == [0x88, 0])
        #expect(WebSocketEncoder.close(answering: CloseCode(4001)) == WebSocketClient.bytes("88 02 0F A1"))
    }

    /// 123 bytes fit: 61 of the letters that have two.
    @Test func aLongReasonIsCutAtTheEndOfACharacter() {
        let frame = WebSocketEncoder.close(.normal, String(repeating: "ö", count: 100))
        #expect(frame.prefix(4) == [0x88, 124, 0x03, 0xE8])
        #expect(frame.dropFirst(4).elementsEqual(String(repeating: "ö", count: 61).utf8))
        #expect(WebSocketEncoder.close(.normal, String(repeating: "x", count: 124)).count == 2 + 125)
    }
}
