/// A pattern of texts: `*` stands for any characters, also none, also blanks and slashes; `?` for one of them; a backslash
/// before a character takes it as it is.
public struct TextPattern: Sendable, Hashable {
    /// The longest pattern that may be written, in bytes.
    public static let mostBytes = 1_000

    private enum Part: Sendable, Hashable {
        case byte(UInt8)
        case any
        case one
    }

    public let text: String
    /// `nil` for a text that stands for itself, as most do.
    private let parts: [Part]?

    public init(_ text: String) {
        self.text = text
        parts = text.utf8.contains(where: "\\*?".utf8.contains) ? Self.parts(of: text) : nil
    }

    private static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var isEscaped = false
        for byte in text.utf8 {
            switch byte {
            case _ where isEscaped:
                parts.append(.byte(byte))
                isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "*"): if parts.last != .any { parts.append(.any) }
            case UInt8(ascii: "?"): parts.append(.one)
            default: parts.append(.byte(byte))
            }
        }
        return parts
    }

    /// Whether it stands for one text only.
    public var isPlain: Bool { parts?.allSatisfy { if case .byte = $0 { true } else { false } } ?? true }

    public func matches(_ text: String) -> Bool {
        guard let parts else { return text.utf8.elementsEqual(self.text.utf8) }
        var text = text
        return text.withUTF8 { bytes in Self.match(parts[...], bytes) }
    }

    /// The same for a command: `git *` stands for `git` alone too.
    public func matches(command: String) -> Bool {
        if matches(command) { return true }
        guard let parts, parts.count > 2, parts.last == .any, parts[parts.count - 2] == .byte(UInt8(ascii: " ")) else {
            return false
        }
        var command = command
        return command.withUTF8 { bytes in Self.match(parts.dropLast(2), bytes) }
    }

    /// Goes back to the last `*` only: the time is at most the product of both lengths.
    private static func match(_ parts: ArraySlice<Part>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var (part, byte) = (parts.startIndex, 0)
        var back: (part: Int, byte: Int)?
        while byte < bytes.count {
            if part < parts.endIndex, parts[part] == .any {
                back = (part, byte)
                part += 1
            } else if part < parts.endIndex, let width = width(of: parts[part], bytes, byte) {
                part += 1
                byte += width
            } else if let last = back {
                back = (last.part, last.byte + 1)
                (part, byte) = (last.part + 1, last.byte + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .any }
    }

    /// How many bytes a part takes here; `nil` when it stands for something else.
    private static func width(of part: Part, _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int? {
        if case .byte(let byte) = part { return bytes[place] == byte ? 1 : nil }
        var width = 1
        while place + width < bytes.count, bytes[place + width] & 0xC0 == 0x80 { width += 1 }
        return width
    }

    /// The pattern that stands for this text alone.
    public static func exactly(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { "\\*?".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] },
            as: UTF8.self
        )
    }
}
