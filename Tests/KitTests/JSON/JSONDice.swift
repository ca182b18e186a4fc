import PipelineKit
import PipelineTesting

extension Dice {
    /// Any finite value, at most so deep.
    mutating func value(depth: Int = 4) -> JSONValue {
        switch roll(depth > 0 ? 0...9 : 0...6) {
        case 0: return pick([.null, .bool(true), .bool(false)])
        case 1: return .int(roll(-100...100))
        case 2: return .int(Int(truncatingIfNeeded: next()) >> roll(0...63))
        case 3: return .double(finite())
        case 4: return .double(Double(roll(-1_000_000...1_000_000)) / 1_000)
        case 5, 6: return .string(text())
        case 7, 8: return .object(members(depth: depth - 1))
        default: return .array((0..<roll(0...5)).map { _ in value(depth: depth - 1) })
        }
    }

    private mutating func members(depth: Int) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for _ in 0..<roll(0...6) { members[text()] = value(depth: depth) }
        return members
    }

    /// A number of any bit pattern that is one.
    mutating func finite() -> Double {
        let number = Double(bitPattern: next())
        return number.isFinite ? number : finite()
    }

    /// Text of letters and of whatever JSON, UTF-8 or UTF-16 treats in its own way.
    mutating func text() -> String {
        let odd: [UnicodeScalar] = [
            "\"", "\\", "/", "\n", "\r", "\t", "\u{8}", "\u{C}", "\0", "\u{1F}", "\u{7F}", "\u{80}", "é", "\u{301}",
            "€",
            "\u{2028}", "\u{D7FF}", "\u{E000}", "\u{FB33}", "\u{FFFF}", "\u{10000}", "😀", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<roll(0...12) {
            text.unicodeScalars.append(once(in: 3) ? pick(odd) : UnicodeScalar(UInt8(roll(0x20...0x7E))))
        }
        return text
    }

    /// A document for the value, with space, escapes and orders that no writer would choose.
    mutating func document(_ value: JSONValue) -> String {
        space() + core(of: value) + space()
    }

    private mutating func core(of value: JSONValue) -> String {
        switch value {
        case .null, .bool, .int: return value.jsonText
        case .double(let number): return once(in: 2) ? number.description.uppercased() : number.description
        case .string(let text): return quoted(text)
        case .array(let elements):
            return "[" + elements.map { document($0) }.joined(separator: ",") + (elements.isEmpty ? space() : "") + "]"
        case .object(let members):
            let shuffled = members.sorted { $0.key < $1.key }.shuffled(using: &self)
            let written = shuffled.map { space() + quoted($0.key) + space() + ":" + document($0.value) }
            return "{" + written.joined(separator: ",") + (members.isEmpty ? space() : "") + "}"
        }
    }

    private mutating func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map { written($0) }.joined() + "\""
    }

    private mutating func written(_ scalar: UnicodeScalar) -> String {
        guard scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || once(in: 5) else { return String(scalar) }
        return scalar.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: once(in: 2))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    private mutating func space() -> String {
        once(in: 4) ? pick([" ", "\n", "\t", "\r\n", "   "]) : ""
    }
}
