import PipelineKit

/// Bytes of a page as text.
struct PageText {
    var text: String
    /// Whether something in it was not of the encoding it is said to be in.
    var isDamaged: Bool

    /// Reads the bytes in the encoding that their beginning, the header or the page itself names; else in UTF-8 when they
    /// are all of that, and as windows-1252 when not, as browsers do (<https://encoding.spec.whatwg.org/>).
    ///
    /// - Parameters:
    ///   - isCut: Whether the last character may be incomplete.
    ///   - host: For a sentence.
    /// - Throws: ``Failure/Kind/unavailable`` for an encoding that is not read, and for what is no text.
    init(_ bytes: [UInt8], _ type: MediaType, isHTML: Bool, isCut: Bool, from host: String) throws(Failure) {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let bytes = isMarked ? Array(bytes.dropFirst(3)) : bytes
        let wide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? "utf-16" : nil
        let named = wide ?? type.charset ?? (isHTML ? Self.declared(in: bytes) : nil)
        let encoding = try isMarked ? .utf8 : named.map { name throws(Failure) in try Self.encoding(name, of: host) }
        guard !bytes.contains(0) else {
            throw Failure(.unavailable, "What '\(host)' calls '\(type.name)' is no text: there are zero bytes in it.")
        }
        let whole = isCut ? Self.whole(bytes) : bytes[...]
        let valid = encoding == .windows1252 ? nil : String(validating: whole, as: UTF8.self)
        isDamaged = encoding == .utf8 && valid == nil
        text = valid ?? (isDamaged ? String(decoding: whole, as: UTF8.self) : Windows1252.text(bytes))
    }

    private enum Encoding {
        case utf8
        case windows1252
    }

    /// By the labels of the Encoding Standard, 4.2, in which ISO-8859-1 and ASCII are windows-1252.
    private static func encoding(_ label: String, of host: String) throws(Failure) -> Encoding {
        switch label {
        case "utf-8", "utf8", "unicode-1-1-utf-8": return .utf8
        case "windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "us-ascii",
            "ascii":
            return .windows1252
        default:
            throw Failure(
                .unavailable,
                "The text of '\(host)' is in '\(label.shortened(to: 40))', and only UTF-8, ISO-8859-1 and windows-1252 are read."
            )
        }
    }

    /// What a `meta` element among the first 1,024 bytes names (HTML Standard, 13.2.3.2). Whoever can read it there does
    /// not read UTF-16, which stands for UTF-8 then.
    private static func declared(in bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(1_024), as: UTF8.self).lowercased()
        for element in head.split(separator: "<") where element.hasPrefix("meta") {
            guard let found = element.firstRange(of: "charset") else { continue }
            let rest = element[found.upperBound...].drop { $0.isWhitespace }
            guard rest.first == "=" else { continue }
            let value = rest.dropFirst().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
            let name = String(value.prefix { !$0.isWhitespace && !"\"'>;/".contains($0) })
            return name.hasPrefix("utf-16") ? "utf-8" : name
        }
        return nil
    }

    /// Without the beginning of a character at the end.
    private static func whole(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let tail = bytes.suffix(3).reversed().prefix { $0 & 0xC0 == 0x80 }.count
        guard let lead = bytes.dropLast(tail).last, lead >= 0xC0 else { return bytes[...] }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        return tail + 1 < length ? bytes.dropLast(tail + 1) : bytes[...]
    }
}

/// The encoding of most pages that name none (<https://encoding.spec.whatwg.org/index-windows-1252.txt>).
enum Windows1252 {
    /// What stands from 0x80 to 0x9F; the rest is as in Unicode.
    private static let upper: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    static func scalar(_ byte: UInt8) -> Unicode.Scalar {
        0x80...0x9F ~= byte ? Unicode.Scalar(upper[Int(byte) - 0x80]) ?? "\u{FFFD}" : Unicode.Scalar(byte)
    }

    static func text(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(scalar(byte)) }
        return String(text)
    }
}
