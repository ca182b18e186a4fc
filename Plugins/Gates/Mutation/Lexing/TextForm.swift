/// How a literal text ends, and what may stand in it.
struct TextForm: Sendable {
    var closing: [UInt8]
    /// What takes the character after it as it is; `nil` in a raw text.
    var escape: [UInt8]?
    /// What begins code within the text, and the bracket that ends it: `${` and `}`.
    var code: (opening: [UInt8], closing: UInt8)?
    /// Whether a text that is still open at the end of its line ends there.
    var endsWithLine: Bool

    init(_ closing: String, escape: String? = "\\", code: (String, Character)? = nil, endsWithLine: Bool = false) {
        self.closing = Array(closing.utf8)
        self.escape = escape.map { Array($0.utf8) }
        self.code = code.flatMap { code in code.1.asciiValue.map { (Array(code.0.utf8), $0) } }
        self.endsWithLine = endsWithLine
    }
}

extension TextForm {
    /// The literal that begins here: its form, and how many bytes its opening has.
    static func opening(in bytes: some Collection<UInt8>, of language: SourceLanguage) -> (TextForm, Int)? {
        guard let first = bytes.first, "\"'`#RLuUrbc".utf8.contains(first) else { return nil }
        let head = Array(bytes.prefix(24))
        switch first {
        case UInt8(ascii: "\""): return quoted(head, language)
        case UInt8(ascii: "'"): return language == .swift ? nil : single(head, language)
        case UInt8(ascii: "`"): return backticks(language)
        case UInt8(ascii: "#"): return language == .swift ? hashed(head) : nil
        case UInt8(ascii: "R"), UInt8(ascii: "L"), UInt8(ascii: "u"), UInt8(ascii: "U"):
            return language == .cpp ? delimited(head) : nil
        case UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "c"): return language == .rust ? rust(head) : nil
        default: return nil
        }
    }

    private static func quoted(_ head: [UInt8], _ language: SourceLanguage) -> (TextForm, Int) {
        let isBlock = head.starts(with: "\"\"\"".utf8)
        switch language {
        case .swift:
            let code = ("\\(", Character(")"))
            return isBlock ? (TextForm("\"\"\"", code: code), 3) : (TextForm("\"", code: code, endsWithLine: true), 1)
        case .java where isBlock: return (TextForm("\"\"\""), 3)
        case .rust: return (TextForm("\""), 1)
        default: return (TextForm("\"", endsWithLine: true), 1)
        }
    }

    /// A character, or a text of JavaScript; in Rust it may be a lifetime, which is none.
    private static func single(_ head: [UInt8], _ language: SourceLanguage) -> (TextForm, Int)? {
        let form = TextForm("'", endsWithLine: true)
        guard language == .rust else { return (form, 1) }
        guard head.count > 2 else { return nil }
        if head[1] == UInt8(ascii: "\\") { return (form, 1) }
        let length = head[1] < 0x80 ? 1 : head[1] < 0xE0 ? 2 : head[1] < 0xF0 ? 3 : 4
        return head.count > 1 + length && head[1 + length] == UInt8(ascii: "'") ? (form, 1) : nil
    }

    private static func backticks(_ language: SourceLanguage) -> (TextForm, Int)? {
        switch language {
        case .javascript, .typescript: (TextForm("`", code: ("${", "}")), 1)
        case .go: (TextForm("`", escape: nil), 1)
        default: nil
        }
    }

    /// `#"a"#`, `##"""`, and the regular expression `#/a/#` of Swift.
    private static func hashed(_ head: [UInt8]) -> (TextForm, Int)? {
        let count = head.prefix { $0 == UInt8(ascii: "#") }.count
        let hashes = String(repeating: "#", count: count)
        let rest = head.dropFirst(count)
        if rest.first == UInt8(ascii: "/") { return (TextForm("/" + hashes, escape: nil), count + 1) }
        let quotes = rest.starts(with: "\"\"\"".utf8) ? "\"\"\"" : "\""
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        let form = TextForm(
            quotes + hashes,
            escape: "\\" + hashes,
            code: ("\\\(hashes)(", ")"),
            endsWithLine: quotes.count == 1
        )
        return (form, count + quotes.count)
    }

    /// `R"x(a)x"` of C++, with any prefix; the delimiter has at most 16 characters (C++20, 5.13.5).
    private static func delimited(_ head: [UInt8]) -> (TextForm, Int)? {
        let prefix = head.prefix { $0 != UInt8(ascii: "\"") }
        guard ["R", "LR", "uR", "UR", "u8R"].contains(String(decoding: prefix, as: UTF8.self)) else { return nil }
        let delimiter = head.dropFirst(prefix.count + 1).prefix { $0 != UInt8(ascii: "(") }
        let length = prefix.count + 1 + delimiter.count + 1
        guard delimiter.count <= 16, length <= head.count, !delimiter.contains(where: { " )\\\n\"".utf8.contains($0) })
        else { return nil }
        return (TextForm(")\(String(decoding: delimiter, as: UTF8.self))\"", escape: nil), length)
    }

    /// `r"a"`, `br##"a"##`, `b"a"`, `b'a'` and the like.
    private static func rust(_ head: [UInt8]) -> (TextForm, Int)? {
        let isByte = head[0] != UInt8(ascii: "r")
        let letters = isByte && head.count > 1 && head[1] == UInt8(ascii: "r") ? 2 : 1
        let rest = head.dropFirst(letters)
        if letters == 1, isByte {
            if rest.first == UInt8(ascii: "\"") { return (TextForm("\""), 2) }
            let isCharacter = head[0] == UInt8(ascii: "b") && rest.first == UInt8(ascii: "'")
            return isCharacter ? (TextForm("'", endsWithLine: true), 2) : nil
        }
        let hashes = rest.prefix { $0 == UInt8(ascii: "#") }.count
        guard rest.dropFirst(hashes).first == UInt8(ascii: "\"") else { return nil }
        return (TextForm("\"" + String(repeating: "#", count: hashes), escape: nil), letters + hashes + 1)
    }
}
