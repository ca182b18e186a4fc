public import HTTPKit

/// Writes the frames of a server, which are not masked and not fragmented; RFC 6455, section 5.2.
public enum WebSocketEncoder {
    /// The most bytes of a header.
    public static let longestHeader = 10

    /// Appends what stands before a payload of so many bytes; the payload itself is sent from where it lies.
    public static func appendHeader(of opcode: WebSocketOpcode, count: Int, to bytes: inout [UInt8]) {
        bytes.append(0x80 | opcode.rawValue)
        switch count {
        case ...125: bytes.append(UInt8(count))
        case ...0xFFFF:
            bytes.append(126)
            append(count, size: 2, to: &bytes)
        default:
            bytes.append(127)
            append(count, size: 8, to: &bytes)
        }
    }

    /// What stands before a payload of so many bytes.
    public static func header(of opcode: WebSocketOpcode, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(longestHeader)
        appendHeader(of: opcode, count: count, to: &bytes)
        return bytes
    }

    /// A whole close frame.
    ///
    /// - Parameter reason: Cut to the 123 bytes that fit, at the end of a character.
    /// - Precondition: The code may be sent: 1005, 1006 and 1015 may not, for instance.
    public static func close(_ code: CloseCode, _ reason: String = "") -> [UInt8] {
        control(.close, ClosePayload(code, reason).bytes)
    }

    /// The answer to a close frame: the same code and no reason; RFC 6455, section 5.5.1.
    public static func close(answering code: CloseCode?) -> [UInt8] {
        code.map { close($0) } ?? control(.close, [])
    }

    /// A whole ping frame.
    ///
    /// - Precondition: The payload has at most 125 bytes.
    public static func ping(_ payload: [UInt8] = []) -> [UInt8] { control(.ping, payload) }

    /// The whole pong frame that answers a ping with the same payload.
    ///
    /// - Precondition: The payload has at most 125 bytes.
    public static func pong(_ payload: [UInt8]) -> [UInt8] { control(.pong, payload) }

    private static func control(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        precondition(payload.count <= WebSocketOpcode.controlLimit, "A \(opcode) frame carries at most 125 bytes.")
        return header(of: opcode, count: payload.count) + payload
    }

    private static func append(_ number: Int, size: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: 8 * (size - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
