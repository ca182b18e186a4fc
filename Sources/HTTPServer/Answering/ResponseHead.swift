import HTTPKit

/// Writes the status line and the fields of a response; RFC 9112, section 4 and 5.
struct ResponseHead {
    let status: HTTPStatus
    let headers: HTTPHeaders
    /// As `DateField` writes it.
    let date: [UInt8]
    let id: String
    /// Bytes of the body; `nil` for a response that says nothing of it.
    let length: Int?
    /// Whether the connection ends after the response.
    let closes: Bool

    /// Whether it is a field that the connection says, and no handler; told apart by length, as most are not.
    private static func isOwn(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name == "date"
        case 10: name == "connection"
        case 12: name == "x-request-id"
        case 14: name == "content-length"
        case 17: name == "transfer-encoding"
        default: false
        }
    }

    func append(to bytes: inout [UInt8]) {
        appendStatusLine(to: &bytes)
        var upgrades = false
        for field in headers.fields where !Self.isOwn(field.name) {
            Self.append(field.name, field.value, to: &bytes)
            upgrades = upgrades || field.name == "upgrade"
        }
        bytes += Self.dateName
        bytes += date
        bytes += Self.idName
        bytes.append(contentsOf: id.utf8)
        bytes += Self.end
        if let length {
            bytes += Self.lengthName
            Self.append(length, to: &bytes)
            bytes += Self.end
        }
        // Whoever sends `Upgrade` names it here; RFC 9110, section 7.8.
        if upgrades { bytes += closes ? Self.upgradeAndClose : Self.upgrade } else if closes { bytes += Self.close }
        bytes += Self.end
    }

    private func appendStatusLine(to bytes: inout [UInt8]) {
        if status == .ok {
            bytes += Self.okLine
        } else {
            bytes.append(contentsOf: "HTTP/1.1 \(status.code) \(status.phrase)\r\n".utf8)
        }
    }

    /// What ends a line, or means something to a terminal, becomes a space: no value can begin another field.
    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        let start = bytes.count
        bytes.append(contentsOf: value.utf8)
        for index in start..<bytes.count where !Characters.isOfValue(bytes[index]) {
            bytes[index] = UInt8(ascii: " ")
        }
        bytes += end
    }

    /// In decimal.
    static func append(_ number: Int, to bytes: inout [UInt8]) {
        if number >= 10 { append(number / 10, to: &bytes) }
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    private static let okLine = Array("HTTP/1.1 200 OK\r\n".utf8)
    private static let dateName = Array("date: ".utf8)
    private static let idName = Array("\r\nx-request-id: ".utf8)
    private static let lengthName = Array("content-length: ".utf8)
    private static let close = Array("connection: close\r\n".utf8)
    private static let upgrade = Array("connection: Upgrade\r\n".utf8)
    private static let upgradeAndClose = Array("connection: Upgrade, close\r\n".utf8)
    private static let end = Array("\r\n".utf8)

    /// Tells a client that waits to send its body; RFC 9110, section 15.2.1.
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
