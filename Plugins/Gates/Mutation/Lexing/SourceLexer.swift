/// Tells the code of a source from its comments and literals: as much of a language as that takes, and no more.
///
/// Whatever the bytes are, each of them is looked at, and the way goes on; what no compiler would take gives tokens
/// that mean nothing.
struct SourceLexer {
    /// Where code or text began, to be gone back to.
    private enum Frame {
        case text(TextForm)
        /// Code within a text: the bracket that ends it, and how many like it are open.
        case code(opening: UInt8, closing: UInt8, depth: Int)
    }

    /// Bytes of a regular expression, so that looking for the end of one costs the same in a line of any length.
    private static let longestExpression = 1_000

    private let bytes: [UInt8]
    private let language: SourceLanguage
    private var at = 0
    private var frames: [Frame] = []
    private var isFirst = true
    private var isLineMuted = false
    /// The bracket that ends an attribute, and how many like it are open.
    private var attribute: (opening: UInt8, closing: UInt8, depth: Int)?
    private var tokens: [SourceToken] = []

    private init(_ bytes: [UInt8], _ language: SourceLanguage) {
        self.bytes = bytes
        self.language = language
    }

    /// The tokens of a source in their order; code within a text gives none.
    static func tokens(of bytes: [UInt8], in language: SourceLanguage) -> [SourceToken] {
        var lexer = SourceLexer(bytes, language)
        if bytes.starts(with: "#!".utf8), language != .rust { lexer.passLine() }
        while lexer.at < bytes.count { lexer.step() }
        return lexer.tokens
    }

    private mutating func step() {
        if case .text(let form) = frames.last { return passText(form) }
        let byte = bytes[at]
        if byte == UInt8(ascii: "\n") { return endLine() }
        if byte <= UInt8(ascii: " ") {
            at += 1
            return
        }
        if starts("//") { return passLine() }
        if starts("/*") { return passComment() }
        if let (form, length) = TextForm.opening(in: bytes[at...], of: language) { return begin(form, length) }
        if byte == UInt8(ascii: "/"), language.hasExpressions, passExpression() { return }
        if isLetter(byte) { return take(.word, wordLength()) }
        if isDigit(byte) { return take(.number, numberLength()) }
        takeSign()
    }

    // MARK: What is no code

    private mutating func passText(_ form: TextForm) {
        if starts(form.closing) {
            at += form.closing.count
            frames.removeLast()
        } else if let code = form.code, starts(code.opening) {
            at += code.opening.count
            let opening = code.closing == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "{")
            frames.append(.code(opening: opening, closing: code.closing, depth: 1))
        } else if let escape = form.escape, starts(escape) {
            at = min(bytes.count, at + escape.count + 1)
        } else if form.endsWithLine, bytes[at] == UInt8(ascii: "\n") {
            frames.removeLast()
        } else {
            at += 1
        }
    }

    private mutating func begin(_ form: TextForm, _ length: Int) {
        take(.text, length)
        frames.append(.text(form))
    }

    private mutating func passLine() {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
    }

    private mutating func passComment() {
        var depth = 0
        repeat {
            if starts("*/") {
                depth -= 1
                at += 2
            } else if starts("/*"), depth == 0 || language.nestsComments {
                depth += 1
                at += 2
            } else {
                at += 1
            }
        } while depth > 0 && at < bytes.count
    }

    private mutating func endLine() {
        if bytes[..<at].last(where: { $0 != UInt8(ascii: "\r") }) != UInt8(ascii: "\\") { isLineMuted = false }
        isFirst = true
        at += 1
    }

    /// A `/` where no operand stands before it begins a regular expression. After a bracket nobody can tell, so nothing of
    /// the line is touched when it could be one.
    private mutating func passExpression() -> Bool {
        guard let length = expressionLength() else { return false }
        if let last = tokens.last, last.kind != .sign || text(of: last) == "]" {
            guard last.kind == .word, OperatorWords.areNoOperands.contains(text(of: last)) else { return false }
        } else if let last = tokens.last, [")", "}", "++", "--"].contains(text(of: last)) {
            isLineMuted = true
            return false
        }
        take(.text, length)
        return true
    }

    private func expressionLength() -> Int? {
        var (end, isInSet) = (at + 1, false)
        while end < min(bytes.count, at + Self.longestExpression), bytes[end] != UInt8(ascii: "\n") {
            switch bytes[end] {
            case UInt8(ascii: "\\"): end += 1
            case UInt8(ascii: "["): isInSet = true
            case UInt8(ascii: "]"): isInSet = false
            case UInt8(ascii: "/") where !isInSet: return end + 1 - at
            default: break
            }
            end += 1
        }
        return nil
    }

    // MARK: Tokens

    private mutating func take(_ kind: SourceToken.Kind, _ length: Int) {
        let end = min(bytes.count, at + max(1, length))
        let token = SourceToken(kind: kind, range: at..<end, isMuted: false)
        if isFirst { isLineMuted = isLineMuted || begins(token) }
        isFirst = false
        at = end
        guard frames.isEmpty else { return }
        tokens.append(token)
        tokens[tokens.count - 1].isMuted = isLineMuted || attribute != nil
    }

    /// Whether a line that begins with this token says something to the compiler, or where names come from.
    private func begins(_ token: SourceToken) -> Bool {
        switch token.kind {
        case .word: language.declaring.contains(text(of: token))
        case .sign: language.hasDirectives && text(of: token) == "#"
        case .number, .text: false
        }
    }

    private mutating func takeSign() {
        let length = OperatorWords.longest(in: bytes[at...])
        let byte = bytes[at]
        beginAttribute()
        take(.sign, length)
        guard length == 1 else { return }
        if let open = attribute {
            let depth = open.depth + (byte == open.opening ? 1 : byte == open.closing ? -1 : 0)
            attribute = depth > 0 || byte != open.closing ? (open.opening, open.closing, depth) : nil
        }
        guard case .code(let opening, let closing, let depth) = frames.last else { return }
        let now = depth + (byte == opening ? 1 : byte == closing ? -1 : 0)
        frames.removeLast()
        if now > 0 { frames.append(.code(opening: opening, closing: closing, depth: now)) }
    }

    /// `#[cfg(...)]` of Rust, `@available(...)` of Swift and its like in Java and TypeScript.
    private mutating func beginAttribute() {
        guard attribute == nil, frames.isEmpty else { return }
        if language == .rust, starts("#[") || starts("#![") {
            attribute = (UInt8(ascii: "["), UInt8(ascii: "]"), 0)
        } else if bytes[at] == UInt8(ascii: "("), tokens.count > 1, tokens[tokens.count - 1].kind == .word,
            tokens[tokens.count - 1].range.upperBound == at, text(of: tokens[tokens.count - 2]) == "@"
        {
            attribute = (UInt8(ascii: "("), UInt8(ascii: ")"), 0)
        }
    }

    private func wordLength() -> Int { bytes[at...].prefix { isLetter($0) || isDigit($0) }.count }

    /// `12`, `0x1F`, `1_000`, `1'000`, `1.5e+3`; of `0..<5` and `1.max` the first digit.
    private func numberLength() -> Int {
        var end = at
        while end < bytes.count {
            let byte = bytes[end]
            let next = end + 1 < bytes.count ? bytes[end + 1] : 0
            let isPoint = byte == UInt8(ascii: ".") && isDigit(next)
            let isMark = byte == UInt8(ascii: "'") && language.isC && (isDigit(next) || isLetter(next))
            let isExponent = "+-".utf8.contains(byte) && end > at && "eE".utf8.contains(bytes[end - 1]) && isDigit(next)
            guard isDigit(byte) || isLetter(byte) || isPoint || isMark || isExponent else { break }
            end += 1
        }
        return end - at
    }

    // MARK: Bytes

    private func text(of token: SourceToken) -> String { String(decoding: bytes[token.range], as: UTF8.self) }

    private func starts(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[at + $0] == text.utf8Start[$0] }
    }

    private func starts(_ mark: [UInt8]) -> Bool {
        at + mark.count <= bytes.count && mark.indices.allSatisfy { bytes[at + $0] == mark[$0] }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// What names are made of besides digits; in all of these languages they may hold letters of any script.
    private func isLetter(_ byte: UInt8) -> Bool {
        let small = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small) || byte >= 0x80 || "_$".utf8.contains(byte)
    }
}
