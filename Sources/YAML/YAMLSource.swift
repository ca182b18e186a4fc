/// The bytes of a document that have passed the first look: not too many, UTF-8, and only characters YAML knows.
struct YAMLSource {
    /// Without a byte order mark.
    let bytes: ArraySlice<UInt8>
    private let document: Int
    private var lines: [Line]

    private struct Line {
        /// How many scalars stand before it.
        var scalars: Int
        /// Where its first byte is.
        var byte: Int
    }

    /// - Throws: ``YAMLError`` at the first byte that cannot be.
    init(_ all: [UInt8], document: Int, limits: YAMLLimits) throws(YAMLError) {
        self.document = document
        bytes = all.starts(with: [0xEF, 0xBB, 0xBF]) ? all.dropFirst(3) : all[...]
        lines = [Line(scalars: 0, byte: bytes.startIndex)]
        guard all.count <= limits.bytes else {
            throw YAMLError(
                "The document has \(all.count) bytes; at most \(limits.bytes) are read.",
                at: YAMLMark(document: document, line: 1, column: 1)
            )
        }
        try scan()
    }

    /// Finds the lines, and what may not be in them.
    private mutating func scan() throws(YAMLError) {
        var decoder = UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var scalars = 0
        var byte = bytes.startIndex
        var afterReturn = false
        while true {
            switch decoder.parseScalar(from: &rest) {
            case .emptyInput: return
            case .error: throw YAMLError(Self.notUTF8(bytes[byte]), at: mark(scalars))
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                if scalar == "\n", afterReturn { lines.removeLast() }
                guard Self.isAllowed(scalar) else { throw YAMLError(Self.notAllowed(scalar), at: mark(scalars)) }
                scalars += 1
                byte += encoded.count
                afterReturn = scalar == "\r"
                if afterReturn || scalar == "\n" { lines.append(Line(scalars: scalars, byte: byte)) }
            }
        }
    }

    /// Where the scalar of this number, counted from 0, stands.
    func mark(_ scalar: Int) -> YAMLMark {
        let line = lineIndex(of: scalar)
        return YAMLMark(document: document, line: line + 1, column: scalar - lines[line].scalars + 1)
    }

    /// The line of a scalar, without its end, and how many scalars stand before the line.
    func line(of scalar: Int) -> (scalars: [Unicode.Scalar], first: Int) {
        let index = lineIndex(of: scalar)
        let end = index + 1 < lines.count ? lines[index + 1].byte : bytes.endIndex
        let text = String(decoding: bytes[lines[index].byte..<end], as: UTF8.self)
        return (text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" }, lines[index].scalars)
    }

    private func lineIndex(of scalar: Int) -> Int {
        var low = 0
        var high = lines.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lines[middle].scalars <= scalar { low = middle } else { high = middle }
        }
        return low
    }

    /// The characters of YAML 1.2.2, section 5.1, but no byte order mark inside the text.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...: true
        default: false
        }
    }

    private static func notAllowed(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0: "A NUL byte stands here; a text file has none."
        case 0xFEFF: "A byte order mark stands inside the text; it may only be the very first character."
        default:
            "The control character U+\(hex(scalar.value, digits: 4)) may not stand in YAML; "
                + "write it as an escape in double quotes."
        }
    }

    private static func notUTF8(_ byte: UInt8) -> String {
        "The byte 0x\(hex(UInt32(byte), digits: 2)) is not valid UTF-8; save the file as UTF-8."
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
