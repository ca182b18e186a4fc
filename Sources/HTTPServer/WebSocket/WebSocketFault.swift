public import HTTPKit

/// Why what a client sent cannot be read on: the connection is closed with a code, and one sentence for a person.
public struct WebSocketFault: Error, Sendable, Hashable {
    public var code: CloseCode
    /// One sentence, quoting what was sent.
    public var message: String

    public init(_ code: CloseCode, _ message: String) {
        self.code = code
        self.message = message
    }

    static func breach(_ message: String) -> WebSocketFault { WebSocketFault(.protocolError, message) }

    /// Bytes that are no UTF-8.
    ///
    /// - Parameters:
    ///   - subject: `The text`.
    ///   - index: The first byte that cannot be; `nil` when the last character lacks bytes.
    static func noUTF8(_ subject: String, _ bytes: [UInt8], at index: Int?) -> WebSocketFault {
        let place = index.map { "byte \(bytes[$0].hex) at offset \($0)" } ?? "its last character is cut off"
        return WebSocketFault(.invalidData, "\(subject) is not UTF-8: \(place).")
    }
}

extension UInt8 {
    /// `0x0A`
    var hex: String { (self < 0x10 ? "0x0" : "0x") + String(self, radix: 16, uppercase: true) }
}
