extension ShellParser {
    mutating func command() throws(ShellSyntaxError) -> ShellCommand {
        try deeper { (parser) throws(ShellSyntaxError) in try parser.anyCommand() }
    }

    private mutating func anyCommand() throws(ShellSyntaxError) -> ShellCommand {
        skipBlanks()
        if peek() == UInt8(ascii: "(") { return try redirected(parenthesis()) }
        guard let word = keyword() else { return try simple() }
        switch word {
        case "function": return try function()
        case "coproc":
            place += word.utf8.count
            return .coprocess(try command())
        default: return try redirected(compound(word))
        }
    }

    /// A compound command with the redirections behind it.
    private mutating func redirected(_ command: CompoundCommand) throws(ShellSyntaxError) -> ShellCommand {
        var command = command
        while true {
            skipBlanks()
            guard let redirection = try redirection() else { break }
            command.redirections.append(redirection)
        }
        return .compound(command)
    }

    /// - Precondition: no keyword stands here.
    private mutating func simple() throws(ShellSyntaxError) -> ShellCommand {
        var command = SimpleCommand()
        while true {
            skipBlanks()
            if let redirection = try redirection() {
                command.redirections.append(redirection)
            } else if peek() == UInt8(ascii: "#") || isAtOperator {
                break
            } else if command.words.isEmpty, let assignment = try assignment() {
                command.assignments.append(assignment)
            } else {
                command.words.append(try word())
                if command.words.count == 1, let function = try functionBody(behind: command) { return function }
            }
        }
        guard !(command.words.isEmpty && command.assignments.isEmpty && command.redirections.isEmpty) else {
            throw unexpected()
        }
        return .simple(command)
    }

    /// Whether a word cannot begin here.
    private var isAtOperator: Bool {
        guard let byte = peek() else { return true }
        if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") { return peek(1) != UInt8(ascii: "(") }
        return byte.endsWord
    }

    // MARK: - Functions

    private mutating func function() throws(ShellSyntaxError) -> ShellCommand {
        place += "function".utf8.count
        skipBlanks()
        guard let name = rawWord() else { throw unexpected() }
        place += name.utf8.count
        skipBlanks()
        if peek() == UInt8(ascii: "("), peek(1) == UInt8(ascii: ")") { place += 2 }
        return .function(name: name, body: try functionBody())
    }

    /// `NAME () { ... }`
    private mutating func functionBody(behind command: SimpleCommand) throws(ShellSyntaxError) -> ShellCommand? {
        let end = place
        skipBlanks()
        guard peek() == UInt8(ascii: "(") else {
            place = end
            return nil
        }
        place += 1
        skipBlanks()
        guard peek() == UInt8(ascii: ")"), command.assignments.isEmpty, command.redirections.isEmpty,
            let name = command.words[0].literal, !command.words[0].hasQuotes
        else { throw unexpected() }
        place += 1
        return .function(name: name, body: try functionBody())
    }

    private mutating func functionBody() throws(ShellSyntaxError) -> ShellCommand {
        try skipLines()
        let body = try command()
        guard case .compound = body else { throw error("The body of a function must be a group.") }
        return body
    }

    // MARK: - Assignments

    /// `NAME=value`, `NAME+=value`, `NAME[i]=value`, `NAME=(...)`
    private mutating func assignment() throws(ShellSyntaxError) -> ShellAssignment? {
        let begin = place
        guard let name = name() else { return nil }
        let isElement = peek() == UInt8(ascii: "[") && skipSubscript()
        if peek() == UInt8(ascii: "+"), peek(1) == UInt8(ascii: "=") { place += 1 }
        guard peek() == UInt8(ascii: "=") else {
            place = begin
            return nil
        }
        place += 1
        let isList = peek() == UInt8(ascii: "(")
        let values = isList ? try elements() : [try value()]
        return ShellAssignment(name: name, values: values, isArray: isElement || isList, source: text(begin..<place))
    }

    /// What is assigned, which may be nothing.
    private mutating func value() throws(ShellSyntaxError) -> ShellWord {
        isAtOperator ? ShellWord(pieces: [], source: "") : try word()
    }

    private mutating func elements() throws(ShellSyntaxError) -> [ShellWord] {
        place += 1
        var words: [ShellWord] = []
        while true {
            try skipLines()
            if skip(")") { return words }
            guard !isAtOperator else { throw unexpected() }
            words.append(try word())
        }
    }

    /// `[i]` of plain characters; others are left, and what follows is a word.
    private mutating func skipSubscript() -> Bool {
        var end = place + 1
        while end < bytes.count, bytes[end].isOfName || bytes[end] == UInt8(ascii: "$") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "]") else { return false }
        place = end + 1
        return true
    }

    /// Goes behind a name.
    mutating func name() -> String? {
        guard let first = peek(), first.beginsName else { return nil }
        let begin = place
        while let byte = peek(), byte.isOfName { place += 1 }
        return text(begin..<place)
    }
}
