/// Reads conditions by recursive descent.
struct ConditionParser {
    private enum Token: Hashable {
        case word(String)
        case text(String)
        /// `(`, `)`, `==`, `!=`.
        case sign(String)
        case end
    }

    private let source: String
    private var tokens: [(token: Token, column: Int)] = []
    private var position = 0
    private var depth = 0

    /// How deep parentheses and `not` may nest; reading them costs stack.
    static let mostDepth = 32
    /// Characters of a condition.
    static let longest = 2_000

    /// - Throws: ``Failure/Kind/invalidInput`` with what is wrong, where, and what was expected.
    static func parse(_ source: String) throws(Failure) -> Condition {
        guard source.count <= longest else {
            throw Failure(
                .invalidInput,
                "A condition may have \(longest) characters, but this one has \(source.count)."
            )
        }
        var parser = ConditionParser(source: source)
        try parser.split()
        let condition = try parser.either()
        guard parser.next == .end else { throw parser.expected("'and', 'or' or the end") }
        return condition
    }

    private init(source: String) { self.source = source }

    private var next: Token { tokens[position].token }

    private mutating func take() -> Token {
        defer { position = min(position + 1, tokens.count - 1) }
        return next
    }

    private mutating func takes(_ token: Token) -> Bool {
        guard next == token else { return false }
        _ = take()
        return true
    }

    private func expected(_ what: String) -> Failure {
        let (token, column) = tokens[position]
        let found =
            switch token {
            case .word(let word), .sign(let word): "found '\(word.shortened(to: 40))' at column \(column)"
            case .text(let text): "found the text '\(text.shortened(to: 40))' at column \(column)"
            case .end: "it ends there"
            }
        return Failure(
            .invalidInput,
            "In the condition '\(source.shortened(to: 200))', \(what) is expected, but \(found)."
        )
    }
}

// Rules, from the loosest to the tightest.
extension ConditionParser {
    private mutating func either() throws(Failure) -> Condition {
        var left = try both()
        while takes(.word("or")) { left = .or(left, try both()) }
        return left
    }

    private mutating func both() throws(Failure) -> Condition {
        var left = try part()
        while takes(.word("and")) { left = .and(left, try part()) }
        return left
    }

    private mutating func part() throws(Failure) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostDepth else {
            throw Failure(.invalidInput, "A condition nests at most \(Self.mostDepth) deep.")
        }
        if takes(.word("not")) { return .not(try part()) }
        if takes(.sign("(")) {
            let inside = try either()
            guard takes(.sign(")")) else { throw expected("')', 'and' or 'or'") }
            return inside
        }
        let left = try operand()
        if takes(.sign("==")) { return .equal(left, try operand()) }
        if takes(.sign("!=")) { return .not(.equal(left, try operand())) }
        return .value(left)
    }

    private mutating func operand() throws(Failure) -> Condition.Operand {
        let wanted = expected("a name such as 'steps.lint.passed', a text in quotes or a number")
        switch take() {
        case .text(let text): return .constant(.string(text))
        case .word("true"): return .constant(true)
        case .word("false"): return .constant(false)
        case .word("and"), .word("or"), .word("not"), .sign, .end: throw wanted
        case .word(let word):
            if let number = Int(word) { return .constant(.int(number)) }
            if word.first?.isNumber == true || word.first == "-" {
                guard let number = Double(word), number.isFinite else { throw wanted }
                return .constant(.double(number))
            }
            guard Self.isName(word) else { throw wanted }
            return .name(word)
        }
    }

    /// `steps.lint.passed`: parts of letters, digits, `_` and `-`, with dots between.
    private static func isName(_ word: String) -> Bool {
        word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }
}

// Tokens.
extension ConditionParser {
    private mutating func split() throws(Failure) {
        let characters = Array(source)
        var index = 0
        while index < characters.count {
            let start = index
            if characters[index].isWhitespace {
                index += 1
            } else if characters[index] == "'" || characters[index] == "\"" {
                tokens.append((.text(try text(characters, &index)), start + 1))
            } else if Self.isWord(characters[index]) {
                while index < characters.count, Self.isWord(characters[index]) { index += 1 }
                tokens.append((.word(String(characters[start..<index])), start + 1))
            } else {
                tokens.append((.sign(try sign(characters, &index)), start + 1))
            }
        }
        tokens.append((.end, characters.count + 1))
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_.-".contains(character))
    }

    private func text(_ characters: [Character], _ index: inout Int) throws(Failure) -> String {
        let quote = characters[index]
        let start = index + 1
        guard let end = characters[start...].firstIndex(of: quote) else {
            throw Failure(
                .invalidInput,
                "In the condition '\(source.shortened(to: 200))', the text at column \(start) has no end."
            )
        }
        index = end + 1
        return String(characters[start..<end])
    }

    private func sign(_ characters: [Character], _ index: inout Int) throws(Failure) -> String {
        let two = String(characters[index...].prefix(2))
        let sign = ["==", "!="].contains(two) ? two : String(characters[index])
        guard ["(", ")", "==", "!="].contains(sign) else {
            throw Failure(
                .invalidInput,
                "In the condition '\(source.shortened(to: 200))', '\(sign)' at column \(index + 1) means nothing. "
                    + "There are 'and', 'or', 'not', '==', '!=' and parentheses."
            )
        }
        index += sign.count
        return sign
    }
}
