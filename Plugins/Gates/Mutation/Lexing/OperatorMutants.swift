/// The mutants of a source that is lexed: operators, `true` and `false`, whole numbers, `!`.
struct OperatorMutants {
    private let bytes: [UInt8]
    private let language: SourceLanguage
    private let tokens: [SourceToken]
    private var changes: [SourceChange] = []

    /// Every change, in the order of the source; none for a script with markup in it, whose text cannot be told from code.
    static func changes(in bytes: [UInt8], of language: SourceLanguage) -> [SourceChange] {
        var finder = OperatorMutants(bytes, language)
        guard !finder.hasMarkup else { return [] }
        for index in finder.tokens.indices where !finder.tokens[index].isMuted { finder.look(at: index) }
        return finder.changes
    }

    private init(_ bytes: [UInt8], _ language: SourceLanguage) {
        self.bytes = bytes
        self.language = language
        tokens = SourceLexer.tokens(of: bytes, in: language)
    }

    private mutating func look(at index: Int) {
        let word = text(index)
        switch tokens[index].kind {
        case .word:
            guard word == "true" || word == "false", text(index - 1) != "." else { return }
            add(index, word == "true" ? "false" : "true", "constant")
        case .number: lookAtNumber(index, word)
        case .sign where word == "!": lookAtNegation(index)
        case .sign:
            guard let opposite = OperatorWords.opposites[word], isBinary(index, word) else { return }
            add(index, opposite.sign, opposite.kind)
        case .text: return
        }
    }

    private mutating func add(_ index: Int, _ replacement: String, _ kind: String) {
        changes.append(SourceChange(range: tokens[index].range, replacement: Array(replacement.utf8), kind: kind))
    }

    // MARK: Numbers and negations

    private mutating func lookAtNumber(_ index: Int, _ word: String) {
        let isPlain = word.utf8.allSatisfy { (48...57).contains($0) } && (word == "0" || !word.hasPrefix("0"))
        guard isPlain, let number = Int(word), number < 1_000_000_000_000_000_000, !isPartOfNumber(index),
            text(index - 1) != ".", text(index - 1) != "case", !isSizeOfType(index)
        else { return }
        add(index, "\(number + 1)", "constant")
    }

    /// `1.` of C is a number with a fraction; `1.max` and `0..5` are not.
    private func isPartOfNumber(_ index: Int) -> Bool {
        let end = tokens[index].range.upperBound
        guard end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return false }
        return end + 1 == bytes.count || bytes[end + 1] != UInt8(ascii: ".")
    }

    /// `char text[64]`, `[4]int`, `[u8; 4]`: another size is another type, or room that no test can miss.
    private func isSizeOfType(_ index: Int) -> Bool {
        switch language {
        case .c, .cpp:
            let isType = { (place: Int) in
                tokens.indices.contains(place) && (tokens[place].kind == .word || text(place) == "*")
                    && !["return", "case", "else", "sizeof"].contains(text(place))
            }
            return text(index - 1) == "[" && kind(index - 2) == .word && isType(index - 3)
        case .go: return text(index - 1) == "[" && text(index + 1) == "]" && kind(index + 2) == .word
        case .rust: return text(index - 1) == ";" && text(index + 1) == "]"
        case .java, .javascript, .python, .swift, .typescript: return false
        }
    }

    /// `!` before an operand goes; the one of `print!(a)` and `a!` stays.
    private mutating func lookAtNegation(_ index: Int) {
        guard !endsOperand(index - 1), let next = kind(index + 1), touches(index, index + 1) else { return }
        guard next == .word || ["(", "!"].contains(text(index + 1)) else { return }
        add(index, "", "logic")
    }

    // MARK: Operators of two operands

    private func isBinary(_ index: Int, _ word: String) -> Bool {
        guard endsOperand(index - 1), let next = kind(index + 1), !isPartOfOperator(index) else { return false }
        let isSpaced = (isSpace(tokens[index].range.lowerBound - 1), isSpace(tokens[index].range.upperBound))
        switch word {
        case "<", ">", "&&", "||", "*": guard isSpaced == (true, true) else { return false }
        case "-", "/", "%": guard isSpaced.0 == isSpaced.1 else { return false }
        case "+", "+=":
            // Texts are joined by it, and nothing else can be done to them.
            guard isSpaced.0 == isSpaced.1, kind(index - 1) != .text, next != .text else { return false }
        default: break
        }
        return next != .sign || ["(", "[", "-", "!", "&", "*", "{", "~", "+"].contains(text(index + 1))
    }

    /// Swift takes signs without blanks between them for one operator, which may be the project's own.
    private func isPartOfOperator(_ index: Int) -> Bool {
        guard language == .swift else { return false }
        let range = tokens[index].range
        return [range.lowerBound - 1, range.upperBound].contains { place in
            bytes.indices.contains(place) && "/=-+!*%<>&|^~?.".utf8.contains(bytes[place])
        }
    }

    private func endsOperand(_ index: Int) -> Bool {
        guard let kind = kind(index) else { return false }
        switch kind {
        case .word: return !OperatorWords.areNoOperands.contains(text(index))
        case .number, .text: return true
        case .sign: return [")", "]"].contains(text(index))
        }
    }

    /// Whether elements of a markup stand in it, as in files of React: `<p>`, `</p>`, `<br />`.
    private var hasMarkup: Bool {
        guard language == .javascript else { return false }
        return tokens.indices.contains { index in
            switch text(index) {
            case "<":
                guard touches(index, index + 1) else { return false }
                return text(index + 1).hasPrefix("/") || !endsOperand(index - 1)
            case "/": return touches(index, index + 1) && text(index + 1) == ">"
            default: return false
            }
        }
    }

    // MARK: Tokens

    private func kind(_ index: Int) -> SourceToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

    private func text(_ index: Int) -> String {
        tokens.indices.contains(index) ? String(decoding: bytes[tokens[index].range], as: UTF8.self) : ""
    }

    private func touches(_ index: Int, _ next: Int) -> Bool {
        tokens.indices.contains(next) && tokens[index].range.upperBound == tokens[next].range.lowerBound
    }

    private func isSpace(_ place: Int) -> Bool { bytes.indices.contains(place) && bytes[place] <= UInt8(ascii: " ") }
}

/// A change to a source, whichever file it is in.
struct SourceChange: Sendable, Hashable {
    /// Offsets of bytes.
    var range: Range<Int>
    var replacement: [UInt8]
    var kind: String
}
