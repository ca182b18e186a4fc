extension ShellParser {
    mutating func word() throws(ShellSyntaxError) -> ShellWord {
        let begin = place
        if starts(with: "<(") || starts(with: ">(") { return try process() }
        var pieces: [ShellWord.Piece] = []
        while let byte = peek(), !byte.endsWord { try piece(into: &pieces, isFirst: place == begin) }
        guard place > begin, peek() != UInt8(ascii: "(") || isFunctionName(pieces) else { throw unexpected() }
        guard !starts(with: "<("), !starts(with: ">(") else { throw unexpected() }
        let source = text(begin..<place)
        // A bracket alone is the name of a program.
        return ShellWord(pieces: source == "[" ? [.text(source, isQuoted: false)] : pieces, source: source)
    }

    private func isFunctionName(_ pieces: [ShellWord.Piece]) -> Bool {
        if case .text(_, isQuoted: false)? = pieces.first { pieces.count == 1 } else { false }
    }

    /// `<( ... )`, a word of its own.
    private mutating func process() throws(ShellSyntaxError) -> ShellWord {
        let begin = place
        place += 2
        let commands = try nested()
        guard peek()?.endsWord ?? true else { throw unexpected() }
        return ShellWord(pieces: [.process(commands)], source: text(begin..<place))
    }

    /// Commands up to the parenthesis that closes them.
    mutating func nested() throws(ShellSyntaxError) -> [ShellCommand] {
        guard pending.isEmpty else { throw error("Commands stand in a word behind a here-document.") }
        return try deeper { (parser) throws(ShellSyntaxError) in
            let commands = try parser.list()
            guard parser.skip(")"), parser.pending.isEmpty else { throw parser.unexpected() }
            return commands
        }
    }

    /// Adds what begins here to a word.
    mutating func piece(into pieces: inout [ShellWord.Piece], isFirst: Bool) throws(ShellSyntaxError) {
        switch bytes[place] {
        case 0: throw unexpected()
        case UInt8(ascii: "\\"): pieces.add(try escaped(), isQuoted: true)
        case UInt8(ascii: "'"): pieces.add(try singleQuoted(), isQuoted: true)
        case UInt8(ascii: "\""):
            place += 1
            pieces += try quoted(until: UInt8(ascii: "\""))
        case UInt8(ascii: "$"): try dollar(into: &pieces, isQuoted: false)
        case UInt8(ascii: "`"): pieces.append(try backquoted(isQuoted: false))
        case UInt8(ascii: "~") where isFirst:
            place += 1
            pieces.append(.tilde)
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["):
            pieces.append(.glob(text(place..<place + 1)))
            place += 1
        case UInt8(ascii: "{"): pieces.append(braces())
        default: pieces.add(plain(), isQuoted: false)
        }
    }

    private mutating func plain() -> String {
        let begin = place
        while let byte = peek(), !byte.endsWord, !byte.isSpecialInWord { place += 1 }
        if place == begin { place += 1 }
        return text(begin..<place)
    }

    /// `\x`
    private mutating func escaped() throws(ShellSyntaxError) -> String {
        guard let next = peek(1) else { throw error("The line ends with a backslash.") }
        guard next != 0x0A else { throw error("A word goes on in the next line.") }
        guard next != 0 else { throw unexpected() }
        // The rest of a character of several bytes stands for itself, too.
        let begin = place + 1
        place += 2
        while let byte = peek(), byte & 0xC0 == 0x80 { place += 1 }
        return text(begin..<place)
    }

    private mutating func singleQuoted() throws(ShellSyntaxError) -> String {
        let begin = place + 1
        place += 1
        while let byte = peek(), byte != UInt8(ascii: "'") {
            try expectText(byte)
            place += 1
        }
        guard peek() != nil else { throw error("A single quote is not closed.") }
        place += 1
        return text(begin..<place - 1)
    }

    /// `{a,b}` of plain characters, which is several words; `{}` stands for itself.
    private mutating func braces() -> ShellWord.Piece {
        let begin = place
        place += 1
        if skip("}") { return .text("{}", isQuoted: false) }
        while let byte = peek(), byte.isOfName || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "-") { place += 1 }
        if skip("}") { return .braces(text(begin..<place)) }
        place = begin + 1
        return .unknown
    }

    /// What stands between double quotes, or in a here-document, up to its end.
    mutating func quoted(until end: UInt8?) throws(ShellSyntaxError) -> [ShellWord.Piece] {
        var pieces: [ShellWord.Piece] = []
        var begin = place
        func flush(_ parser: ShellParser) {
            if parser.place > begin { pieces.add(parser.text(begin..<parser.place), isQuoted: true) }
        }
        while let byte = peek() {
            if byte == end { break }
            try expectText(byte)
            switch byte {
            case UInt8(ascii: "$"):
                flush(self)
                try dollar(into: &pieces, isQuoted: true)
                begin = place
            case UInt8(ascii: "`"):
                flush(self)
                pieces.append(try backquoted(isQuoted: end != nil))
                begin = place
            case UInt8(ascii: "\\"):
                flush(self)
                pieces.add(try escapedInQuotes(), isQuoted: true)
                begin = place
            default: place += 1
            }
        }
        flush(self)
        if end != nil {
            guard peek() == end else { throw error("A double quote is not closed.") }
            place += 1
        }
        if pieces.isEmpty { pieces.append(.text("", isQuoted: true)) }
        return pieces
    }

    private mutating func escapedInQuotes() throws(ShellSyntaxError) -> String {
        guard let next = peek(1) else { throw error("The line ends with a backslash.") }
        place += 2
        switch next {
        case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
            return text(place - 1..<place)
        case 0x0A:
            guard place < 3 || bytes[place - 3] != UInt8(ascii: "$") else { throw unexpected() }
            return ""
        case 0: throw unexpected()
        default:
            place -= 1  // the backslash stands for itself, and what follows is looked at
            return "\\"
        }
    }

    /// Refuses what may not stand in quotes here.
    private func expectText(_ byte: UInt8) throws(ShellSyntaxError) {
        guard byte != 0 else { throw unexpected() }
        guard byte != 0x0A || pending.isEmpty else { throw error("Quotes go on behind a here-document.") }
    }
}

extension [ShellWord.Piece] {
    /// Adds text, to the text before it when there is some.
    mutating func add(_ text: String, isQuoted: Bool) {
        if case .text(var before, isQuoted)? = last {
            self[count - 1] = .unknown  // so that the text has one owner, and is not copied
            before += text
            self[count - 1] = .text(before, isQuoted: isQuoted)
        } else {
            append(.text(text, isQuoted: isQuoted))
        }
    }
}

extension UInt8 {
    fileprivate var isSpecialInWord: Bool {
        switch self {
        case 0, UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "`"),
            UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"):
            true
        default: false
        }
    }
}
