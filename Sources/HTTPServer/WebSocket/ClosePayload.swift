import HTTPKit

/// What a close frame carries: nothing, or a code and a reason; RFC 6455, section 5.5.1.
struct ClosePayload: Sendable {
    let code: CloseCode?
    /// At most 123 bytes of valid UTF-8.
    let reason: [UInt8]

    init(reading bytes: [UInt8]) throws(WebSocketFault) {
        guard let high = bytes.first else {
            (code, reason) = (nil, [])
            return
        }
        guard bytes.count >= 2 else {
            throw .breach("A close frame carries 1 byte; a code has 2.")
        }
        let code = CloseCode(UInt16(high) << 8 | UInt16(bytes[1]))
        guard code.mayBeSent else {
            throw .breach("A close frame carries the code \(code.number), which may not be sent.")
        }
        self.code = code
        reason = Array(bytes[2...])
        try Self.check(reason)
    }

    private static func check(_ reason: [UInt8]) throws(WebSocketFault) {
        var text = UTF8Validator()
        if let index = reason.withUnsafeBytes({ text.firstInvalid(in: $0) }) {
            throw .noUTF8("The reason of a close frame", reason, at: index)
        }
        guard text.isComplete else { throw .noUTF8("The reason of a close frame", reason, at: nil) }
    }

    /// A reason that is too long is cut before the character that does not fit.
    init(_ code: CloseCode, _ reason: String) {
        precondition(code.mayBeSent, "The code \(code.number) may not stand in a close frame.")
        self.code = code
        var bytes: [UInt8] = []
        for scalar in reason.unicodeScalars {
            let character = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard bytes.count + character.count <= WebSocketOpcode.controlLimit - 2 else { break }
            bytes += character
        }
        self.reason = bytes
    }

    var bytes: [UInt8] {
        guard let code else { return [] }
        return [UInt8(code.number >> 8), UInt8(truncatingIfNeeded: code.number)] + reason
    }
}

extension CloseCode {
    /// Whether it may stand in a close frame; RFC 6455, sections 7.4.1 and 7.4.2. The codes 1012 to 1014 are from the
    /// IANA registry; 1005, 1006 and 1015 tell of an end without a frame.
    var mayBeSent: Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
