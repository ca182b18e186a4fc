import Glibc
import PipelineKit

/// Reads a JSON object without white space whose members are texts, numbers, truth values and lists of texts, as most
/// stored events are; in one pass and without a tree.
///
/// It gives up on everything else, and on everything that is not valid: then a ``JSONValue`` has to say what it is.
struct FlatObject {
    enum Value {
        case text(String)
        case number(Int)
        case flag(Bool)
        case texts([String])
    }

    /// The name of a member; compared where it stands.
    struct Key {
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        static func ~= (name: StaticString, key: Key) -> Bool {
            guard let start = key.bytes.baseAddress, key.bytes.count == name.utf8CodeUnitCount else { return false }
            return memcmp(start, name.utf8Start, key.bytes.count) == 0
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    /// - Parameter take: Takes in a member; says whether it is one that may be there.
    /// - Returns: whether it was read to its end.
    static func read(_ bytes: [UInt8], _ take: (Key, Value) -> Bool) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var object = FlatObject(bytes: bytes)
            return object.members(take) && object.place == bytes.count
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func members(_ take: (Key, Value) -> Bool) -> Bool {
        guard skip("{") else { return false }
        if skip("}") { return true }
        repeat {
            guard let key = key(), skip(":"), let value = value(), take(key, value) else { return false }
        } while skip(",")
        return skip("}")
    }

    private mutating func value() -> Value? {
        guard place < bytes.count else { return nil }
        switch bytes[place] {
        case UInt8(ascii: "\""): return text().map(Value.text)
        case UInt8(ascii: "["): return texts().map(Value.texts)
        case UInt8(ascii: "t"): return skipWord("true") ? .flag(true) : nil
        case UInt8(ascii: "f"): return skipWord("false") ? .flag(false) : nil
        default: return number().map(Value.number)
        }
    }

    private mutating func texts() -> [String]? {
        guard skip("[") else { return nil }
        if skip("]") { return [] }
        var texts: [String] = []
        repeat {
            guard let text = text() else { return nil }
            texts.append(text)
        } while skip(",")
        return skip("]") ? texts : nil
    }

    /// A whole number as it is usually written: no sign, at most 15 digits.
    private mutating func number() -> Int? {
        let begin = place
        var number = 0
        while place < bytes.count, (48...57).contains(bytes[place]) {
            guard place - begin < 15 else { return nil }
            number = number * 10 + Int(bytes[place]) - 48
            place += 1
        }
        let isOne = place > begin && (bytes[begin] != 48 || place - begin == 1)
        let isWhole = place < bytes.count && [UInt8(ascii: ","), UInt8(ascii: "}")].contains(bytes[place])
        return isOne && isWhole ? number : nil
    }

    private mutating func key() -> Key? {
        guard skip("\"") else { return nil }
        let begin = place
        while place < bytes.count, (97...122).contains(bytes[place]) || bytes[place] == UInt8(ascii: "_") { place += 1 }
        let name = UnsafeBufferPointer(rebasing: bytes[begin..<place])
        return !name.isEmpty && skip("\"") ? Key(bytes: name) : nil
    }

    private mutating func text() -> String? {
        guard skip("\"") else { return nil }
        let begin = place
        guard let isASCII = skipPlain() else { return nil }
        if bytes[place] == UInt8(ascii: "\\") { return escaped(from: begin, isASCII: isASCII) }
        defer { place += 1 }
        return Self.text(of: UnsafeBufferPointer(rebasing: bytes[begin..<place]), isASCII: isASCII)
    }

    /// Goes on to the end of the text, or to an escape in it.
    ///
    /// - Returns: whether all on the way is ASCII; `nil` for a control character, and for a text without an end.
    private mutating func skipPlain() -> Bool? {
        var all: UInt8 = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return all < 0x80 }
            guard byte >= 0x20 else { return nil }
            all |= byte
            place += 1
        }
        return nil
    }

    /// - Returns: `nil` for what is not UTF-8.
    private static func text(of bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) -> String? {
        // ASCII needs no look at how its bytes belong together, which takes longer than all else here.
        isASCII ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
    }

    /// A text with the escapes that are of one character.
    private mutating func escaped(from begin: Int, isASCII: Bool) -> String? {
        var isASCII = isASCII
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count - begin) { room in
            var (done, count) = (begin, 0)
            func take(_ part: Range<Int>) {
                count = room[count...].initialize(fromContentsOf: bytes[part])
                done = place
            }
            while place < bytes.count, bytes[place] == UInt8(ascii: "\\") {
                take(done..<place)
                guard place + 1 < bytes.count, let meant = Self.escapes(bytes[place + 1]) else { return nil }
                room[count] = meant
                count += 1
                place += 2
                done = place
                guard let isPlain = skipPlain() else { return nil }
                isASCII = isASCII && isPlain
            }
            take(done..<place)
            place += 1
            return Self.text(of: UnsafeBufferPointer(rebasing: room[..<count]), isASCII: isASCII)
        }
    }

    private static func escapes(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: nil
        }
    }

    private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: mark) else { return false }
        place += 1
        return true
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let end = place + word.utf8CodeUnitCount
        guard end <= bytes.count else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[place + index] != word.utf8Start[index] { return false }
        place = end
        return true
    }
}
