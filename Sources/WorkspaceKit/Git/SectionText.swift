/// The parts of a configuration file that concern a word: of an INI file, or of TOML.
///
/// Two versions are told apart by those parts. Whatever is in doubt belongs to them, so that a line is rather refused
/// for nothing than let through: sections whose header holds the word, `[DEFAULT]`, headers that not every reader
/// takes for one, every statement that holds the word, and every key with an escape in it (TOML v1.0.0, "Keys").
///
/// Everything is done on bytes: characters that are equal as text, or that swallow a quote, do not fool it.
struct SectionText: Sendable, Hashable {
    /// The statements that concern the word, in order; of a file that is no text, all of it.
    private let parts: [[UInt8]]

    /// - Parameter word: ASCII, compared without regard to case.
    init(_ bytes: [UInt8], word: String) {
        let isText = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
        parts = isText ? Self.parts(of: bytes, word: Array(word.lowercased().utf8)) : [bytes]
    }

    private static func parts(of bytes: [UInt8], word: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var isProtected = false
        for statement in StatementScan.statements(of: bytes) {
            let small = statement.map(\.lowercasedASCII)
            let holdsWord = small.contains(word) || small.contains(Array("[default]".utf8))
            let isHeader = small.first { !$0.isBlank } == UInt8(ascii: "[")
            if isHeader, isPlainHeader(small) {
                isProtected = holdsWord
            } else if holdsWord, isHeader || small.dropLast().contains(UInt8(ascii: "\n")) {
                // For one reader a statement of several lines, for another one that holds a section of its own.
                isProtected = true
            }
            let isDoubtful = isHeader && !isPlainHeader(small) || hasEscapedKey(small)
            if isProtected || holdsWord || isDoubtful { parts.append(statement) }
        }
        return parts
    }

    /// Whether every reader takes this for the beginning of a section: `[tool.black]` at the beginning of its line.
    ///
    /// Only such a header ends a protected section. An indented one, or one in quotes, goes on a value for some.
    private static func isPlainHeader(_ statement: [UInt8]) -> Bool {
        let opening = statement.prefix { $0 == UInt8(ascii: "[") }.count
        let name = statement.dropFirst(opening).prefix(while: \.isPlain)
        var rest = statement[name.endIndex...]
        guard 1...2 ~= opening, !name.isEmpty, rest.prefix(opening).allSatisfy({ $0 == UInt8(ascii: "]") }) else {
            return false
        }
        rest = rest.dropFirst(opening).drop(while: \.isBlank)
        return rest.isEmpty || rest.first == UInt8(ascii: "#") || rest.first == UInt8(ascii: ";")
    }

    private static func hasEscapedKey(_ statement: [UInt8]) -> Bool {
        statement.prefix { $0 != UInt8(ascii: "=") }.contains(UInt8(ascii: "\\"))
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self }
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D) ~= self }
    /// A letter, a digit or one of `_.:- `, in lower case.
    fileprivate var isPlain: Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= self || UInt8(ascii: "0")...UInt8(ascii: "9") ~= self
            || "_.:- ".utf8.contains(self)
    }
}

/// Takes a file apart into its statements: each is a line, or several where a TOML value goes on.
private struct StatementScan {
    private enum Inside {
        case nothing
        case comment
        /// Ends at the same quote; a long one is that quote three times.
        case string(UInt8, isLong: Bool)
    }

    static func statements(of text: [UInt8]) -> [[UInt8]] {
        var scan = StatementScan(text: text)
        while scan.index < text.count { scan.step() }
        return scan.statements + (scan.start < text.count ? [Array(text[scan.start...])] : [])
    }

    private let text: [UInt8]
    private var index = 0
    /// Where the statement begins that is being read.
    private var start = 0
    private var inside = Inside.nothing
    /// How many brackets and braces are open.
    private var depth = 0
    private var statements: [[UInt8]] = []

    private init(text: [UInt8]) { self.text = text }

    private mutating func step() {
        let byte = text[index]
        switch inside {
        case .nothing: begin(byte)
        case .comment: index += 1
        case .string(let quote, let isLong): goOn(byte, quote, isLong)
        }
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { endLine() }
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "#"): inside = .comment
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let isLong = isTripled(byte)
            index += isLong ? 2 : 0
            inside = .string(byte, isLong: isLong)
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        default: break
        }
        index += 1
    }

    private mutating func goOn(_ byte: UInt8, _ quote: UInt8, _ isLong: Bool) {
        let isEscape = byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"")
        if isEscape, index + 1 < text.count, text[index + 1] != UInt8(ascii: "\n") {
            index += 2
        } else if byte == quote, !isLong || isTripled(quote) {
            index += isLong ? 3 : 1
            inside = .nothing
        } else {
            index += 1
        }
    }

    private mutating func endLine() {
        if case .string(_, isLong: true) = inside { return }
        inside = .nothing
        guard depth == 0 else { return }
        statements.append(Array(text[start..<index]))
        start = index
    }

    private func isTripled(_ quote: UInt8) -> Bool {
        index + 2 < text.count && text[index + 1] == quote && text[index + 2] == quote
    }
}
