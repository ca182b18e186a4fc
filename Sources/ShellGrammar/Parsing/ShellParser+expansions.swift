extension ShellParser {
    /// What begins with a dollar.
    mutating func dollar(into pieces: inout [ShellWord.Piece], isQuoted: Bool) throws(ShellSyntaxError) {
        let next = peek(1)
        switch next {
        case UInt8(ascii: "("):
            place += 2
            guard !skip("(") else { return pieces.append(try arithmetic()) }
            pieces.append(.command(try nested(), isQuoted: isQuoted))
        case UInt8(ascii: "{"):
            place += 2
            pieces.append(try parameter(isQuoted: isQuoted))
        case UInt8(ascii: "["): throw unexpected()
        case UInt8(ascii: "'") where !isQuoted:
            place += 2
            pieces.append(try escapes())
        case UInt8(ascii: "\"") where !isQuoted:
            place += 2
            pieces += try quoted(until: UInt8(ascii: "\""))
        case UInt8(ascii: "\\") where peek(2) == 0x0A: throw error("A word goes on in the next line.")
        default:
            place += 1
            guard let name = name() ?? specialName() else { return pieces.add("$", isQuoted: isQuoted) }
            guard !isGoingOn else { throw error("A word goes on in the next line.") }
            pieces.append(.parameter(name: name, isPlain: true, isQuoted: isQuoted, inner: []))
        }
    }

    private var isGoingOn: Bool { peek() == UInt8(ascii: "\\") && peek(1) == 0x0A }

    /// `$1`, `$@`, `$?`
    private mutating func specialName() -> String? {
        guard let byte = peek() else { return nil }
        let isSpecial = byte.isDigit || "@*#?$!-".utf8.contains(byte)
        guard isSpecial else { return nil }
        place += 1
        return text(place - 1..<place)
    }

    // MARK: - Parameters

    /// `${...}`, from behind the brace.
    private mutating func parameter(isQuoted: Bool) throws(ShellSyntaxError) -> ShellWord.Piece {
        var isPlain = true
        let isLength = peek() == UInt8(ascii: "#") && peek(1) != UInt8(ascii: "}") && skip("#")
        if skip("!") { isPlain = false }
        guard let name = name() ?? number() ?? specialName() else { throw unexpected() }
        let begin = place
        let inner = try rest(isQuoted: isQuoted)
        let operation = text(begin..<place - 1)
        isPlain = isPlain && (isLength ? operation.isEmpty : Self.isPlain(operation))
        return .parameter(name: name, isPlain: isPlain, isQuoted: isQuoted, inner: inner)
    }

    private mutating func number() -> String? {
        let begin = place
        while let byte = peek(), byte.isDigit { place += 1 }
        return place > begin ? text(begin..<place) : nil
    }

    /// What follows the name, up to the brace and behind it.
    private mutating func rest(isQuoted: Bool) throws(ShellSyntaxError) -> [ShellWord.Piece] {
        try deeper { (parser) throws(ShellSyntaxError) in
            var pieces: [ShellWord.Piece] = []
            while let byte = parser.peek(), byte != UInt8(ascii: "}") {
                // Where quotes open and close in here depends on the operator, and on the version of bash.
                guard byte != UInt8(ascii: "'") || !isQuoted, byte != 0x0A else { throw parser.unexpected() }
                if byte == UInt8(ascii: "\""), isQuoted { throw parser.unexpected() }
                if "\\'\"$`".utf8.contains(byte) {
                    try parser.piece(into: &pieces, isFirst: false)
                } else {
                    pieces.add(try parser.operatorText(), isQuoted: true)
                }
            }
            guard parser.skip("}") else { throw parser.error("'${' is not closed.") }
            return pieces
        }
    }

    private mutating func operatorText() throws(ShellSyntaxError) -> String {
        let begin = place
        while let byte = peek(), byte != 0x0A, !"\\'\"$`}".utf8.contains(byte) {
            guard byte != 0 else { throw unexpected() }
            place += 1
        }
        return text(begin..<place)
    }

    /// Whether an operation works on text alone: no index, no computation, no assignment.
    private static func isPlain(_ operation: String) -> Bool {
        guard let first = operation.utf8.first else { return true }
        let second = operation.utf8.dropFirst().first
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "/"),
            UInt8(ascii: "^"), UInt8(ascii: ","):
            return true
        case UInt8(ascii: ":"):
            if second == UInt8(ascii: "-") || second == UInt8(ascii: "+") { return true }
            return operation.utf8.dropFirst().allSatisfy { $0.isDigit || $0 == UInt8(ascii: ":") || $0 == 0x20 }
        case UInt8(ascii: "["): return operation == "[@]" || operation == "[*]"
        default: return false
        }
    }

    // MARK: - Arithmetic

    /// What stands between `((` and `))`, from behind the former.
    ///
    /// Names in it are not plain: bash computes what their values say, and runs the commands in it.
    mutating func arithmetic() throws(ShellSyntaxError) -> ShellWord.Piece {
        try deeper { (parser) throws(ShellSyntaxError) in
            var pieces: [ShellWord.Piece] = []
            var (open, isPlain) = (0, true)
            while let byte = parser.peek() {
                switch byte {
                case UInt8(ascii: "$"): try parser.dollar(into: &pieces, isQuoted: true)
                case UInt8(ascii: "`"): pieces.append(try parser.backquoted(isQuoted: false))
                case UInt8(ascii: ")") where open == 0:
                    guard parser.skip("))") else { throw parser.unexpected() }
                    return .arithmetic(isPlain: isPlain && pieces.isEmpty, inner: pieces)
                case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), 0: throw parser.unexpected()
                default:
                    if byte == UInt8(ascii: "(") { open += 1 }
                    if byte == UInt8(ascii: ")") { open -= 1 }
                    isPlain = isPlain && !byte.beginsName && byte < 0x80 && byte != UInt8(ascii: "[")
                    parser.place += 1
                }
            }
            throw parser.error("A computation is not closed.")
        }
    }

    // MARK: - Backquotes

    mutating func backquoted(isQuoted: Bool) throws(ShellSyntaxError) -> ShellWord.Piece {
        guard pending.isEmpty else { throw error("Commands stand in a word behind a here-document.") }
        place += 1
        var inner: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "`") {
            if byte == UInt8(ascii: "\\"), let next = peek(1), Self.isUnescaped(next, isQuoted) { place += 1 }
            inner.append(bytes[place])
            place += 1
        }
        guard skip("`") else { throw error("A backquote is not closed.") }
        return try deeper { (parser) throws(ShellSyntaxError) in
            let script = try ShellParser.parse(inner, depth: parser.depth)
            parser.documents += script.documents
            return .command(script.commands, isQuoted: isQuoted)
        }
    }

    private static func isUnescaped(_ byte: UInt8, _ isQuoted: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "$"): true
        default: isQuoted && byte == UInt8(ascii: "\"")
        }
    }

    // MARK: - $'...'

    /// The text of `$'...'`, from behind the quote.
    private mutating func escapes() throws(ShellSyntaxError) -> ShellWord.Piece {
        var (text, isKnown): ([UInt8], Bool) = ([], true)
        while let byte = peek(), byte != UInt8(ascii: "'") {
            guard byte != 0, byte != 0x0A || pending.isEmpty else { throw unexpected() }
            place += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard let letter = peek() else { break }
            place += 1
            if let meant = Self.escape(letter) { text.append(meant) } else { isKnown = false }
        }
        guard skip("'") else { throw error("A single quote is not closed.") }
        return isKnown ? .text(String(decoding: text, as: UTF8.self), isQuoted: true) : .unknown
    }

    private static func escape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"): letter
        default: nil
        }
    }
}
