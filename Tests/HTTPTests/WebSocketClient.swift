import HTTPServer

/// What a client sends, byte by byte.
enum WebSocketClient {
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// A masked frame with the shortest length.
    ///
    /// - Parameter first: The first byte: FIN, reserved bits, opcode.
    static func frame(_ first: UInt8, _ payload: [UInt8] = [], mask: [UInt8] = mask) -> [UInt8] {
        var bytes = WebSocketEncoder.header(of: .binary, count: payload.count)
        bytes[0] = first
        bytes[1] |= 0x80
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }

    static func frame(_ first: UInt8, _ payload: String) -> [UInt8] { frame(first, Array(payload.utf8)) }

    /// `81 85 37 FA`
    static func bytes(_ hex: String) -> [UInt8] { hex.split(separator: " ").compactMap { UInt8($0, radix: 16) } }
}

/// What a decoder made of some bytes.
struct Reading: Equatable {
    var events: [WebSocketEvent] = []
    var fault: WebSocketFault?

    /// - Parameter pieces: In the order in which they come.
    init(_ pieces: [ArraySlice<UInt8>], limit: Int = 1 << 20) {
        var decoder = WebSocketDecoder(limit: limit)
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                do throws(WebSocketFault) { try decoder.decode(bytes) { events.append($0) } } catch { fault = error }
            }
        }
    }

    init(_ bytes: [UInt8], limit: Int = 1 << 20) { self.init([bytes[...]], limit: limit) }
}
