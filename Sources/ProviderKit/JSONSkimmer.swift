import PipelineKit

/// A pass over a JSON document that makes nothing of what nobody asks for.
///
/// Most of a stream is pieces that differ in a few words; a tree of each costs ten times as much as looking for those
/// words. Whoever meets anything but what they expect gives up and reads the document as a whole: it is only there that
/// all the rules of the grammar hold.
public struct JSONSkimmer {
    /// The name of a member, as it stands between its quotes.
    public struct Name {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        public static func ~= (pattern: StaticString, name: Name) -> Bool {
            guard pattern.utf8CodeUnitCount == name.bytes.count else { return false }
            for index in 0..<name.bytes.count where pattern.utf8Start[index] != name.bytes[index] { return false }
            return true
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    /// How deep what is skipped may nest.
    private static let depthLimit = 64

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads a document.
    ///
    /// - Parameter body: Takes the one value of the document, and returns whether it is as expected.
    /// - Returns: whether it is, and nothing stands behind it.
    public static func read(_ bytes: [UInt8], _ body: (inout JSONSkimmer) -> Bool) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var skimmer = JSONSkimmer(buffer)
            return body(&skimmer) && skimmer.next() == nil
        }
    }

    /// The words of a piece that belong to one part of a reply: `{"type": "text.delta", "index": 0, "delta": ...}`.
    ///
    /// - Parameters:
    ///   - type: What the piece must be.
    ///   - index: What its dialect calls the place of the part.
    ///   - delta: Takes what is added, and returns the words in it.
    /// - Returns: `nil` for any other piece.
    public static func placedWords(
        in piece: [UInt8],
        of type: StaticString,
        at index: StaticString,
        _ delta: (inout JSONSkimmer) -> String?
    ) -> (place: Int, words: String)? {
        var (place, words): (Int?, String?)
        let isPlain = read(piece) { json in
            json.object { json, name in
                switch name {
                case "type": return json.text(is: type)
                case index:
                    place = json.smallNumber()
                    return place != nil
                case "delta":
                    words = delta(&json)
                    return words != nil
                case "error", "response": return json.null()
                default: return json.skip()
                }
            }
        }
        guard isPlain, let place, let words else { return nil }
        return (place, words)
    }

    /// Takes an object. The closure takes the value of each member, and returns whether it is as expected.
    public mutating func object(_ member: (inout JSONSkimmer, Name) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let range = stringRange(), take(UInt8(ascii: ":")) else { return false }
            let name = Name(bytes: UnsafeBufferPointer(rebasing: bytes[range]))
            guard member(&self, name) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Takes a list of exactly one value.
    public mutating func listOfOne(_ element: (inout JSONSkimmer) -> Bool) -> Bool {
        take(UInt8(ascii: "[")) && element(&self) && take(UInt8(ascii: "]"))
    }

    public mutating func null() -> Bool {
        guard next() == UInt8(ascii: "n") else { return false }
        return word("null")
    }

    /// A text of at least one character.
    public mutating func text() -> String? {
        guard let range = stringRange(), !range.isEmpty else { return nil }
        let raw = UnsafeBufferPointer(rebasing: bytes[range])
        guard !raw.contains(UInt8(ascii: "\\")), !raw.contains(where: { $0 < 0x20 }) else {
            let quoted = Array(bytes[range.lowerBound - 1...range.upperBound])
            return (try? JSONValue(parsing: quoted))?.text
        }
        return String(validating: raw, as: UTF8.self)
    }

    /// Whether the next value is this text, which holds no escapes.
    public mutating func text(is expected: StaticString) -> Bool {
        guard let range = stringRange() else { return false }
        return expected ~= Name(bytes: UnsafeBufferPointer(rebasing: bytes[range]))
    }

    /// A whole number from 0 up to a million.
    public mutating func smallNumber() -> Int? {
        guard let first = next(), Self.isDigit(first) else { return nil }
        var number = 0
        while position < bytes.count, Self.isDigit(bytes[position]) {
            number = 10 * number + Int(bytes[position] - UInt8(ascii: "0"))
            guard number <= 1_000_000 else { return nil }
            position += 1
        }
        let isEnd = position < bytes.count && Self.isEnd(bytes[position])
        return isEnd ? number : nil
    }

    /// Passes over any value.
    public mutating func skip() -> Bool { skip(depth: 0) }

    private mutating func skip(depth: Int) -> Bool {
        guard depth < Self.depthLimit, let first = next() else { return false }
        switch first {
        case UInt8(ascii: "\""): return stringRange() != nil
        case UInt8(ascii: "{"): return object { skimmer, _ in skimmer.skip(depth: depth + 1) }
        case UInt8(ascii: "["): return skipList(depth)
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return skipNumber()
        }
    }

    private mutating func skipList(_ depth: Int) -> Bool {
        position += 1
        if take(UInt8(ascii: "]")) { return true }
        repeat { guard skip(depth: depth + 1) else { return false } } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    private mutating func skipNumber() -> Bool {
        let start = position
        while position < bytes.count, !Self.isEnd(bytes[position]) {
            let byte = bytes[position]
            guard Self.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else { return false }
            position += 1
        }
        return position > start
    }

    // MARK: - Bytes

    /// The next byte that is no white space, without taking it; `nil` at the end.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for index in position..<end where bytes[index] != word.utf8Start[index - position] { return false }
        position = end
        return true
    }

    /// Takes a string; where it stands without its quotes, escapes and all.
    private mutating func stringRange() -> Range<Int>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Whether a number ends before this byte.
    private static func isEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }
}
