import HTTPKit
import HTTPServer
import Testing

/// What is refused, with which code, and in which words.
struct WebSocketFaultTests {
    @Test(arguments: [
        ("C1", "A frame begins with 0xC1: its reserved bits must be 0, as no extension is agreed on."),
        ("A1", "A frame begins with 0xA1: its reserved bits must be 0, as no extension is agreed on."),
        ("11", "A frame begins with 0x11: its reserved bits must be 0, as no extension is agreed on."),
        ("83", "A frame begins with 0x83: its opcode 0x03 is none of RFC 6455."),
        ("07", "A frame begins with 0x07: its opcode 0x07 is none of RFC 6455."),
        ("8B", "A frame begins with 0x8B: its opcode 0x0B is none of RFC 6455."),
        ("8F", "A frame begins with 0x8F: its opcode 0x0F is none of RFC 6455."),
        ("08", "A close frame must not be fragmented."),
        ("09", "A ping frame must not be fragmented."),
        ("0A", "A pong frame must not be fragmented."),
        // The text of RFC 6455, section 5.7, that a server sends.
        ("81 05 48 65 6C 6C 6F", "A text frame is not masked; a client masks all."),
        ("88 FE", "A close frame carries at most 125 bytes, but announces more."),
        ("89 FE", "A ping frame carries at most 125 bytes, but announces more."),
        ("8A FF", "A pong frame carries at most 125 bytes, but announces more."),
        ("82 FE 00 7D", "A frame announces 125 bytes in 2 bytes of length; the shortest form is required."),
        (
            "82 FF 00 00 00 00 00 00 FF FF",
            "A frame announces 65535 bytes in 8 bytes of length; the shortest form is required."
        ),
        (
            "82 FF 80 00 00 00 00 00 00 00",
            "A frame announces 9223372036854775808 bytes; the highest bit of a length must be 0."
        ),
        ("80 80 00 00 00 00", "A continuation frame has no message to continue."),
        (
            "81 80 00 00 00 00 00 80 00 00 00 00",
            "A continuation frame has no message to continue."
        ),
        (
            "01 80 00 00 00 00 81 80 00 00 00 00",
            "A text frame stands before the end of a text message."
        ),
        (
            "02 80 00 00 00 00 81 80 00 00 00 00",
            "A text frame stands before the end of a binary message."
        ),
        ("88 81 00 00 00 00 03", "A close frame carries 1 byte; a code has 2."),
    ])
    func aBreachOfTheProtocolIsNamed(hex: String, message: String) {
        #expect(Reading(WebSocketClient.bytes(hex)).fault == WebSocketFault(.protocolError, message))
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
    func aCodeThatMayNotBeSentIsRefused(code: UInt16) {
        let reading = Reading(WebSocketClient.frame(0x88, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)]))
        let message = "A close frame carries the code \(code), which may not be sent."
        #expect(reading.fault == WebSocketFault(.protocolError, message))
        #expect(reading.events == [])
    }

    @Test(arguments: [
        ("81 81 00 00 00 00 FF", "The text is not UTF-8: byte 0xFF at offset 0."),
        ("81 81 00 00 00 00 E2", "The text is not UTF-8: its last character is cut off."),
        ("81 83 00 00 00 00 61 C0 80", "The text is not UTF-8: byte 0xC0 at offset 1."),
        ("81 83 00 00 00 00 ED A0 80", "The text is not UTF-8: byte 0xA0 at offset 1."),
        (
            "01 81 00 00 00 00 E2 80 81 00 00 00 00 82",
            "The text is not UTF-8: its last character is cut off."
        ),
        (
            "01 82 00 00 00 00 61 E2 80 81 00 00 00 00 61",
            "The text is not UTF-8: byte 0x61 at offset 2."
        ),
        ("88 83 00 00 00 00 03 E8 FF", "The reason of a close frame is not UTF-8: byte 0xFF at offset 0."),
        (
            "88 84 00 00 00 00 03 E8 61 E2",
            "The reason of a close frame is not UTF-8: its last character is cut off."
        ),
    ])
    func whatIsNotUTF8IsNamed(hex: String, message: String) {
        #expect(Reading(WebSocketClient.bytes(hex)).fault == WebSocketFault(.invalidData, message))
    }

    /// The first byte that cannot be is enough; the frame announces 5 more.
    @Test func aTextIsRefusedBeforeItsFrameIsWhole() {
        let fault = Reading(WebSocketClient.bytes("81 88 00 00 00 00 61 F4 90")).fault
        #expect(fault == WebSocketFault(.invalidData, "The text is not UTF-8: byte 0x90 at offset 2."))
    }

    @Test func aBinaryMessageNeedsNotBeUTF8() {
        #expect(Reading(WebSocketClient.frame(0x82, [0xFF, 0xE2])).events == [.binary([0xFF, 0xE2])])
    }

    @Test func aTextAfterABinaryMessageIsCheckedFromItsStart() {
        let bytes = WebSocketClient.frame(0x82, [0xE2]) + WebSocketClient.frame(0x81, "é")
        #expect(Reading(bytes).events == [.binary([0xE2]), .text(Array("é".utf8))])
    }

    /// Before any of its bytes is kept: the header alone is enough.
    @Test(arguments: ["82 89 00 00 00 00", "82 FF 7F FF FF FF FF FF FF FF 00 00 00 00"])
    func aMessageBeyondTheLimitIsRefused(hex: String) {
        let fault = Reading(WebSocketClient.bytes(hex), limit: 8).fault
        #expect(fault == WebSocketFault(.messageTooBig, "A message has more than 8 bytes."))
    }

    @Test func fragmentsBeyondTheLimitAreRefused() {
        let bytes = WebSocketClient.frame(0x01, "12345678") + WebSocketClient.frame(0x80, "9")
        #expect(Reading(bytes, limit: 8).fault == WebSocketFault(.messageTooBig, "A message has more than 8 bytes."))
        let most = WebSocketClient.bytes("82 FF 00 00 00 00 00 10 00 01 00 00 00 00")
        #expect(Reading(most).fault == WebSocketFault(.messageTooBig, "A message has more than 1048576 bytes."))
    }

    @Test func whatCameBeforeAFaultIsDelivered() {
        let reading = Reading(WebSocketClient.frame(0x81, "ok") + [0xFF])
        #expect(reading.events == [.text(Array("ok".utf8))])
        #expect(reading.fault != nil)
    }

    @Test func nothingIsReadAfterAFault() {
        let bytes = [0xFF] + WebSocketClient.frame(0x81, "late")
        let reading = Reading(bytes.indices.map { bytes[$0...$0] })
        #expect(reading == Reading([0xFF]))
    }
}
