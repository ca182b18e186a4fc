/// What stands before the payload of a client's frame; RFC 6455, section 5.2.
struct FrameHeader: Sendable {
    var opcode = WebSocketOpcode.continuation
    /// Whether the message ends with this frame.
    var isFinal = false
    /// Bytes of the payload.
    var length = 0
    /// Its first byte is the lowest of the number.
    var mask: UInt32 = 0
}

/// Reads the header of a frame, byte by byte, and refuses what is wrong whatever came before.
struct FrameHeaderReader: Sendable {
    private enum Stage { case opcode, length, longLength, mask }

    private var stage = Stage.opcode
    private var header = FrameHeader()
    /// The length as far as it is read.
    private var length: UInt64 = 0
    /// How many bytes the number being read has, and how many of them are read.
    private var size = 0
    private var count = 0

    /// - Returns: The header, with its last byte.
    mutating func read(_ byte: UInt8) throws(WebSocketFault) -> FrameHeader? {
        switch stage {
        case .opcode: try readOpcode(byte)
        case .length: try readLength(byte)
        case .longLength: try readLongLength(byte)
        case .mask: return readMask(byte)
        }
        return nil
    }

    private mutating func readOpcode(_ byte: UInt8) throws(WebSocketFault) {
        guard byte & 0x70 == 0 else {
            throw .breach("A frame begins with \(byte.hex): its reserved bits must be 0, as no extension is agreed on.")
        }
        guard let opcode = WebSocketOpcode(rawValue: byte & 0x0F) else {
            throw .breach("A frame begins with \(byte.hex): its opcode \((byte & 0x0F).hex) is none of RFC 6455.")
        }
        let isFinal = byte & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .breach("A \(opcode) frame must not be fragmented.") }
        header = FrameHeader(opcode: opcode, isFinal: isFinal)
        stage = .length
    }

    private mutating func readLength(_ byte: UInt8) throws(WebSocketFault) {
        guard byte & 0x80 != 0 else { throw .breach("A \(header.opcode) frame is not masked; a client masks all.") }
        let short = byte & 0x7F
        guard !header.opcode.isControl || short <= WebSocketOpcode.controlLimit else {
            throw .breach("A \(header.opcode) frame carries at most 125 bytes, but announces more.")
        }
        length = 0
        switch short {
        case 126: expect(.longLength, of: 2)
        case 127: expect(.longLength, of: 8)
        default:
            header.length = Int(short)
            expect(.mask, of: 4)
        }
    }

    private mutating func readLongLength(_ byte: UInt8) throws(WebSocketFault) {
        length = length << 8 | UInt64(byte)
        count += 1
        guard count == size else { return }
        guard let exact = Int(exactly: length) else {
            throw .breach("A frame announces \(length) bytes; the highest bit of a length must be 0.")
        }
        guard exact > (size == 2 ? WebSocketOpcode.controlLimit : 0xFFFF) else {
            throw .breach("A frame announces \(exact) bytes in \(size) bytes of length; the shortest form is required.")
        }
        header.length = exact
        expect(.mask, of: 4)
    }

    private mutating func readMask(_ byte: UInt8) -> FrameHeader? {
        header.mask |= UInt32(byte) << (8 * UInt32(count))
        count += 1
        guard count == size else { return nil }
        stage = .opcode
        return header
    }

    private mutating func expect(_ next: Stage, of size: Int) {
        stage = next
        self.size = size
        count = 0
    }
}
