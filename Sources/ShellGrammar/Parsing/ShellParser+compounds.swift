extension ShellParser {
    /// `( ... )`, or `(( ... ))`.
    mutating func parenthesis() throws(ShellSyntaxError) -> CompoundCommand {
        if peek(1) == UInt8(ascii: "(") {
            place += 2
            return try arithmeticCommand(.arithmetic)
        }
        place += 1
        let parts = try body()
        guard skip(")") else { throw unexpected() }
        return CompoundCommand(kind: .subshell, parts: parts)
    }

    private mutating func arithmeticCommand(_ kind: CompoundCommand.Kind) throws(ShellSyntaxError) -> CompoundCommand {
        let begin = place
        let piece = try arithmetic()
        return CompoundCommand(kind: kind, words: [ShellWord(pieces: [piece], source: text(begin..<place))])
    }

    mutating func compound(_ word: String) throws(ShellSyntaxError) -> CompoundCommand {
        let begin = place
        place += word.utf8.count
        switch word {
        case "{":
            let parts = try body()
            try expect("}")
            return CompoundCommand(kind: .group, parts: parts)
        case "if": return try conditional()
        case "while": return try loop(.whileLoop)
        case "until": return try loop(.untilLoop)
        case "for": return try forLoop()
        case "select": return try namedLoop(.select)
        case "case": return try choice()
        case "[[": return try test()
        default:
            place = begin
            throw unexpected()
        }
    }

    private mutating func conditional() throws(ShellSyntaxError) -> CompoundCommand {
        var parts = try body()
        try expect("then")
        parts += try body()
        while keyword() == "elif" {
            try expect("elif")
            parts += try body()
            try expect("then")
            parts += try body()
        }
        if keyword() == "else" {
            try expect("else")
            parts += try body()
        }
        try expect("fi")
        return CompoundCommand(kind: .conditional, parts: parts)
    }

    private mutating func loop(_ kind: CompoundCommand.Kind) throws(ShellSyntaxError) -> CompoundCommand {
        let condition = try body()
        return CompoundCommand(kind: kind, parts: condition + (try loopBody()))
    }

    private mutating func loopBody() throws(ShellSyntaxError) -> [ShellCommand] {
        try expect("do")
        let parts = try body()
        try expect("done")
        return parts
    }

    // MARK: - For

    private mutating func forLoop() throws(ShellSyntaxError) -> CompoundCommand {
        skipBlanks()
        guard skip("((") else { return try namedLoop(.forLoop) }
        var loop = try arithmeticCommand(.countingLoop)
        skipBlanks()
        _ = skip(";")
        loop.parts = try loopBody()
        return loop
    }

    private mutating func namedLoop(_ kind: CompoundCommand.Kind) throws(ShellSyntaxError) -> CompoundCommand {
        skipBlanks()
        guard let name = name() else { throw unexpected() }
        var loop = CompoundCommand(kind: kind, variable: name)
        skipBlanks()
        if peek() == UInt8(ascii: ";"), peek(1) != UInt8(ascii: ";") {
            place += 1
        } else {
            try skipLines()
            if keyword() == "in" {
                loop.namesWords = true
                loop.words = try loopWords()
            }
        }
        loop.parts = try loopBody()
        return loop
    }

    private mutating func loopWords() throws(ShellSyntaxError) -> [ShellWord] {
        place += 2
        var words: [ShellWord] = []
        while true {
            skipBlanks()
            skipComment()
            switch peek() {
            case UInt8(ascii: "\n"): return words
            case UInt8(ascii: ";") where peek(1) != UInt8(ascii: ";"):
                place += 1
                return words
            default: words.append(try word())
            }
        }
    }

    // MARK: - Case

    private mutating func choice() throws(ShellSyntaxError) -> CompoundCommand {
        skipBlanks()
        var choice = CompoundCommand(kind: .choice, words: [try word()])
        try expect("in")
        try skipLines()
        while keyword() != "esac" {
            choice.words += try patterns()
            choice.parts += try list()
            guard skip(";;&") || skip(";;") || skip(";&") else { break }
            try skipLines()
        }
        try expect("esac")
        return choice
    }

    private mutating func patterns() throws(ShellSyntaxError) -> [ShellWord] {
        _ = skip("(")
        var patterns: [ShellWord] = []
        repeat {
            skipBlanks()
            patterns.append(try word())
            skipBlanks()
        } while skip("|")
        guard skip(")") else { throw unexpected() }
        return patterns
    }

    // MARK: - Tests

    /// `[[ ... ]]`
    private mutating func test() throws(ShellSyntaxError) -> CompoundCommand {
        let words = try condition()
        try skipLines()
        guard rawWord() == "]]" else { throw unexpected() }
        place += 2
        return CompoundCommand(kind: .test, words: words)
    }

    private mutating func condition() throws(ShellSyntaxError) -> [ShellWord] {
        var words = try primary()
        while true {
            try skipLines()
            guard skip("&&") || skip("||") else { return words }
            words += try primary()
        }
    }

    private mutating func primary() throws(ShellSyntaxError) -> [ShellWord] {
        try deeper { (parser) throws(ShellSyntaxError) in
            try parser.skipLines()
            while parser.rawWord() == "!" {
                parser.place += 1
                try parser.skipLines()
            }
            guard parser.skip("(") else { return try parser.comparison() }
            let words = try parser.condition()
            guard parser.skip(")") else { throw parser.unexpected() }
            return words
        }
    }

    private mutating func comparison() throws(ShellSyntaxError) -> [ShellWord] {
        let first = try operand()
        skipBlanks()
        if let letter = first.literal, !first.hasQuotes, letter.utf8.count == 2, letter.hasPrefix("-") {
            return [first, try operand()]
        }
        if skip("<") || skip(">") { return [first, try operand()] }
        guard let sign = rawWord(), Self.comparisons.contains(sign) else { return [first] }
        place += sign.utf8.count
        let name = ShellWord(pieces: [.text(sign, isQuoted: false)], source: sign)
        skipBlanks()
        return [first, name, sign == "=~" ? try regularExpression() : try operand()]
    }

    private mutating func operand() throws(ShellSyntaxError) -> ShellWord {
        skipBlanks()
        guard rawWord() != "]]" else { throw unexpected() }
        return try word()
    }

    /// A word in which parentheses and bars stand for themselves.
    private mutating func regularExpression() throws(ShellSyntaxError) -> ShellWord {
        let begin = place
        var pieces: [ShellWord.Piece] = []
        var open = 0
        while let byte = peek(), !byte.isBlank, byte != 0x0A, !(byte == UInt8(ascii: ")") && open == 0) {
            switch byte {
            case UInt8(ascii: "("): open += 1
            case UInt8(ascii: ")"): open -= 1
            case UInt8(ascii: "|"): break
            case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"): throw unexpected()
            default:
                try piece(into: &pieces, isFirst: place == begin)
                continue
            }
            place += 1
        }
        guard place > begin, open == 0 else { throw unexpected() }
        return ShellWord(pieces: pieces, source: text(begin..<place))
    }

    private static let comparisons: Set<String> = [
        "=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-ef", "-nt", "-ot",
    ]
}
