import FoundationEssentials
import Glibc
public import PipelineKit
import Synchronization

/// Takes the values of known secrets out of what is recorded and sent.
///
/// Known is what this process has looked up. As long as that is nothing, asking costs one load.
public final class Redactor: Sendable {
    /// How a value may stand in a text, and what is put there instead.
    struct Pattern: Sendable {
        var bytes: [UInt8]
        var replacement: [UInt8]
    }

    private struct Known {
        var values: Set<String> = []
        /// The longest first, so that a value which is a part of another leaves no rest of it.
        var patterns: [Pattern] = []
    }

    private let known = Mutex(Known())
    private let hasValues = Atomic(false)

    /// Shorter ones are words that may well stand in a text for themselves.
    private static let leastBytes = 8

    public init() {}

    /// Whether nothing is known, so that every text stays as it is.
    public var isIdle: Bool { !hasValues.load(ordering: .acquiring) }

    /// Makes a value known.
    ///
    /// - Parameter name: What is written in its place: `[secret NAME]`.
    public func add(_ value: String, as name: String) {
        let value = value.trimmed
        guard value.utf8.count >= Self.leastBytes else { return }
        known.withLock { known in
            guard known.values.insert(value).inserted else { return }
            let replacement = Array("[secret \(name)]".utf8)
            let forms = Self.forms(of: Array(value.utf8)).filter { $0.count >= Self.leastBytes }
            known.patterns += forms.map { Pattern(bytes: $0, replacement: replacement) }
            known.patterns.sort { $0.bytes.count > $1.bytes.count }
        }
        hasValues.store(true, ordering: .releasing)
    }

    /// The resolver, with everything confidential that it finds made known here.
    public func noting(_ secrets: @escaping SecretResolver) -> SecretResolver {
        { secret in
            guard let value = secrets(secret) else { return nil }
            if secret.isConfidential { self.add(value, as: secret.name) }
            return value
        }
    }

    /// The text with every known value replaced, also where it stands in base64 or percent-encoded.
    public func clean(_ text: String) -> String {
        guard !isIdle else { return text }
        let patterns = known.withLock(\.patterns)
        var text = text
        let found = text.withUTF8 { text in patterns.filter { text.firstRange(of: $0.bytes, from: 0) != nil } }
        guard !found.isEmpty else { return text }
        var bytes = Array(text.utf8)
        for pattern in found { bytes.replace(pattern) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes at the end of a text may be the beginning of a value, for whoever gets a text piece by piece.
    func openEnd(of text: String) -> Int {
        let patterns = known.withLock(\.patterns)
        var text = text
        return text.withUTF8 { text in
            patterns.reduce(0) { longest, pattern in
                let most = min(pattern.bytes.count - 1, text.count)
                guard most > longest else { return longest }
                return (longest + 1...most).last { text.suffix($0).elementsEqual(pattern.bytes.prefix($0)) } ?? longest
            }
        }
    }
}

// How a value may be written.
extension Redactor {
    private static func forms(of value: [UInt8]) -> Set<[UInt8]> {
        var forms: Set<[UInt8]> = [
            value, percentEncoded(value, "0123456789ABCDEF"), percentEncoded(value, "0123456789abcdef"),
        ]
        // Three bytes become four characters, and what stands before the value shifts it: three forms, of the part that
        // depends on nothing around it.
        for shift in 0..<3 {
            let part = value.dropFirst((3 - shift) % 3)
            let encoded = Data(part.prefix(part.count / 3 * 3)).base64EncodedString()
            forms.insert(Array(encoded.utf8))
            forms.insert(Array(encoded.replacing("+", with: "-").replacing("/", with: "_").utf8))
            // base64(1) breaks its lines after 76 characters.
            if shift == 0, encoded.utf8.count > 76 { forms.insert(broken(Array(encoded.utf8), after: 76)) }
        }
        return forms
    }

    private static func percentEncoded(_ value: [UInt8], _ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return value.flatMap { byte -> [UInt8] in
            // RFC 3986, section 2.3: what needs no encoding.
            let isPlain = UnicodeScalar(byte).properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
            if isPlain || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) { return [byte] }
            return [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func broken(_ line: [UInt8], after width: Int) -> [UInt8] {
        Array(
            stride(from: 0, to: line.count, by: width).map { line[$0..<min($0 + width, line.count)] }.joined(
                separator: [10])
        )
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where these bytes begin and end, at a place or behind it.
    fileprivate func firstRange(of wanted: [UInt8], from place: Int) -> Range<Int>? {
        guard let start = baseAddress, let first = wanted.first else { return nil }
        var place = place
        while count - place >= wanted.count {
            guard let next = memchr(start + place, Int32(first), count - place - wanted.count + 1) else { return nil }
            place = UnsafeRawPointer(next) - UnsafeRawPointer(start)
            if memcmp(next, wanted, wanted.count) == 0 { return place..<place + wanted.count }
            place += 1
        }
        return nil
    }
}

extension [UInt8] {
    fileprivate mutating func replace(_ pattern: Redactor.Pattern) {
        var result: [UInt8] = []
        withUnsafeBufferPointer { bytes in
            var place = 0
            while let found = bytes.firstRange(of: pattern.bytes, from: place) {
                result += bytes[place..<found.lowerBound]
                result += pattern.replacement
                place = found.upperBound
            }
            result += bytes[place...]
        }
        self = result
    }
}
