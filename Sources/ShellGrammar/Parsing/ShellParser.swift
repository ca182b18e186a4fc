/// Reads a line for bash as a tree: POSIX shell, and what bash adds to it.
///
/// It reads every byte once (what stands in backquotes once for each depth), and refuses what it does not know. It must
/// never find less in a line than bash does; where two shells differ, or the manual is silent, it refuses too.
public struct ShellParser {
    /// The longest line, in bytes.
    public static let mostBytes = 65_536
    /// How deep commands may stand in each other.
    public static let mostDepth = 32

    let bytes: [UInt8]
    var place = 0
    var depth: Int
    /// Here-documents whose text begins on the next line.
    var pending: [PendingDocument] = []
    /// The texts of those that were read.
    var documents: [ShellWord] = []

    /// Reads a whole line, which may have several lines of text.
    ///
    /// - Throws: ``ShellSyntaxError`` for what is no command line, and for what is too long, too deep or not known here.
    public static func parse(_ line: String) throws(ShellSyntaxError) -> ShellScript {
        try parse(Array(line.utf8), depth: 0)
    }

    static func parse(_ bytes: [UInt8], depth: Int) throws(ShellSyntaxError) -> ShellScript {
        guard bytes.count <= mostBytes else {
            throw ShellSyntaxError(offset: mostBytes, message: "The line is longer than \(mostBytes) bytes.")
        }
        var parser = ShellParser(bytes: bytes, depth: depth)
        let commands = try parser.list()
        guard parser.place == bytes.count else { throw parser.unexpected() }
        guard parser.pending.isEmpty else { throw parser.error("A here-document has no text.") }
        return ShellScript(commands: commands, documents: parser.documents)
    }

    init(bytes: [UInt8], depth: Int) {
        self.bytes = bytes
        self.depth = depth
    }

    // MARK: - Lists

    /// Commands up to the end, a closing parenthesis or keyword, or `;;`.
    mutating func list() throws(ShellSyntaxError) -> [ShellCommand] {
        var commands: [ShellCommand] = []
        try skipLines()
        while !isAtEndOfList {
            let command = try chain()
            skipBlanks()
            skipComment()
            switch peek() {
            case UInt8(ascii: "&"):
                place += 1
                commands.append(.background(command))
            case UInt8(ascii: ";") where peek(1) != UInt8(ascii: ";") && peek(1) != UInt8(ascii: "&"):
                place += 1
                commands.append(command)
            case UInt8(ascii: "\n"):
                commands.append(command)
            default:
                commands.append(command)
                return commands
            }
            try skipLines()
        }
        return commands
    }

    /// The same where there must be a command.
    mutating func body() throws(ShellSyntaxError) -> [ShellCommand] {
        let commands = try list()
        guard !commands.isEmpty else { throw unexpected() }
        return commands
    }

    private var isAtEndOfList: Bool {
        switch peek() {
        case nil, UInt8(ascii: ")"): true
        case UInt8(ascii: ";"): true  // the caller says whether it may stand here
        default: keyword().map(Self.closing.contains) ?? false
        }
    }

    private mutating func chain() throws(ShellSyntaxError) -> ShellCommand {
        var commands = [try pipeline()]
        while true {
            skipBlanks()
            guard skip("&&") || skip("||") else { break }
            try skipLines()
            commands.append(try pipeline())
        }
        return commands.count == 1 ? commands[0] : .chain(commands)
    }

    private mutating func pipeline() throws(ShellSyntaxError) -> ShellCommand {
        while let word = keyword(), word == "!" || word == "time" {
            place += word.utf8.count
            skipBlanks()
            if word == "time", rawWord() == "-p" { place += 2 }
            skipBlanks()
        }
        var commands = [try command()]
        while true {
            skipBlanks()
            guard peek() == UInt8(ascii: "|"), peek(1) != UInt8(ascii: "|") else { break }
            place += 1
            if peek() == UInt8(ascii: "&") { place += 1 }
            try skipLines()
            commands.append(try command())
        }
        return commands.count == 1 ? commands[0] : .pipeline(commands)
    }

    // MARK: - Bytes

    func peek(_ ahead: Int = 0) -> UInt8? { place + ahead < bytes.count ? bytes[place + ahead] : nil }

    /// Goes behind the mark when it stands here.
    mutating func skip(_ mark: StaticString) -> Bool {
        guard starts(with: mark) else { return false }
        place += mark.utf8CodeUnitCount
        return true
    }

    func starts(with mark: StaticString) -> Bool {
        guard place + mark.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<mark.utf8CodeUnitCount where bytes[place + index] != mark.utf8Start[index] { return false }
        return true
    }

    /// Blanks, and lines that go on, which are no word's end when they stand in a word.
    mutating func skipBlanks() {
        while let byte = peek() {
            if byte.isBlank {
                place += 1
            } else if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "\n"), isAfterBlank,
                peek(2) != UInt8(ascii: "#")
            {
                place += 2
            } else {
                return
            }
        }
    }

    private var isAfterBlank: Bool { place == 0 || bytes[place - 1].isBlank || bytes[place - 1] == UInt8(ascii: "\n") }

    /// Blanks, comments and ends of lines, with the here-documents that begin behind the first of these.
    mutating func skipLines() throws(ShellSyntaxError) {
        while true {
            skipBlanks()
            skipComment()
            guard peek() == UInt8(ascii: "\n") else { return }
            place += 1
            try readDocuments()
        }
    }

    mutating func skipComment() {
        guard peek() == UInt8(ascii: "#") else { return }
        while let byte = peek(), byte != UInt8(ascii: "\n") { place += 1 }
    }

    /// What stands up to the next blank or operator, without a look at quotes.
    func rawWord() -> String? {
        var end = place
        while end < bytes.count, !bytes[end].endsWord { end += 1 }
        return end > place ? text(place..<end) : nil
    }

    /// The keyword that stands here, where a command may begin.
    func keyword() -> String? {
        var end = place
        while end < bytes.count, !bytes[end].endsWord, end - place < 9 { end += 1 }
        guard end > place, end == bytes.count || bytes[end].endsWord else { return nil }
        let word = text(place..<end)
        return Self.opening.contains(word) || Self.closing.contains(word) ? word : nil
    }

    /// Goes behind the keyword, with the blanks and lines before it.
    mutating func expect(_ word: String) throws(ShellSyntaxError) {
        try skipLines()
        guard keyword() == word else { throw error("'\(word)' is missing.") }
        place += word.utf8.count
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    mutating func deeper<Result>(
        _ read: (inout ShellParser) throws(ShellSyntaxError) -> Result
    ) throws(ShellSyntaxError) -> Result {
        guard depth < Self.mostDepth else { throw error("The line is nested deeper than \(Self.mostDepth) levels.") }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    func error(_ message: String) -> ShellSyntaxError { ShellSyntaxError(offset: place, message: message) }

    func unexpected() -> ShellSyntaxError {
        guard place < bytes.count else { return error("The line ends too early.") }
        let found =
            bytes[place] == UInt8(ascii: "\n") ? "The end of a line" : "'\(rawWord() ?? text(place..<place + 1))'"
        return error("\(found) was not expected.")
    }

    private static let opening: Set<String> = [
        "!", "[[", "{", "case", "coproc", "for", "function", "if", "select", "time", "until", "while",
    ]
    private static let closing: Set<String> = ["}", "do", "done", "elif", "else", "esac", "fi", "in", "then"]
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// Whether it ends a word that has no quotes.
    var endsWord: Bool {
        switch self {
        case 0x20, 0x09, 0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }
    var isDigit: Bool { (48...57).contains(self) }
    var beginsName: Bool { (65...90).contains(self) || (97...122).contains(self) || self == UInt8(ascii: "_") }
    var isOfName: Bool { beginsName || isDigit }
}
