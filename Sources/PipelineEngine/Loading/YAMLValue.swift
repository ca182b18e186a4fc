import PipelineKit
import YAML

extension JSONValue {
    /// What a YAML tree says, by the core schema of YAML 1.2.2 (section 10.3.2): `yes`, `on` and `no` are text.
    ///
    /// - Parameter problems: Takes what JSON has no value for; the text as written then stands in.
    init(_ node: YAMLNode, _ problems: inout [YAMLError]) {
        switch node.content {
        case .scalar(let text, isPlain: false): self = .string(text)
        case .scalar(let text, isPlain: true):
            switch PlainScalar(text) {
            case .value(let value): self = value
            case .tooBig:
                problems.append(Self.problem("The number \(text) is too big", node))
                self = .string(text)
            case .notFinite:
                problems.append(Self.problem("'\(text)' is no number that can be kept", node))
                self = .string(text)
            }
        case .sequence(let elements): self = .array(elements.map { JSONValue($0, &problems) })
        case .mapping(let pairs):
            let members = pairs.map { ($0.key.text ?? "", JSONValue($0.value, &problems)) }
            self = .object(Dictionary(members) { first, _ in first })
        }
    }

    private static func problem(_ sentence: String, _ node: YAMLNode) -> YAMLError {
        YAMLError("\(sentence): put it in quotes if it is meant as text.", from: node.start, to: node.end)
    }
}

/// What text without quotes means.
private enum PlainScalar {
    case value(JSONValue)
    case tooBig
    case notFinite

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .value(.null)
        case "true", "True", "TRUE": self = .value(.bool(true))
        case "false", "False", "FALSE": self = .value(.bool(false))
        default: self = Self.number(text) ?? .value(.string(text))
        }
    }

    private static func number(_ text: String) -> PlainScalar? {
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        guard let first = unsigned.utf8.first, first == UInt8(ascii: ".") || isDigit(first) else { return nil }
        if [".inf", ".Inf", ".INF"].contains(unsigned) || [".nan", ".NaN", ".NAN"].contains(text) {
            return .notFinite
        }
        if text.hasPrefix("0x") { return whole(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return whole(text.dropFirst(2), radix: 8) }
        if unsigned.utf8.allSatisfy(isDigit) { return Int(text).map { .value(.int($0)) } ?? .tooBig }
        guard isDecimal(unsigned), let number = Double(text) else { return nil }
        return number.isFinite ? .value(.double(number)) : .tooBig
    }

    private static func whole(_ digits: Substring, radix: Int) -> PlainScalar? {
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? radix) < radix }) else {
            return nil
        }
        return Int(digits, radix: radix).map { .value(.int($0)) } ?? .tooBig
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        func digits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        let before = digits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 || before > 0 else { return false }
        }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return digits() > 0 && rest.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
