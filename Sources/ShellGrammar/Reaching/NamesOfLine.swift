/// What a line as a whole defines and starts, wherever in it.
struct NamesOfLine {
    private(set) var variables = LoopVariables()
    /// Whether it may change directories.
    private(set) var moves = false
    private(set) var hasFunctions = false

    init(_ script: ShellScript) {
        for command in script.commands { look(at: command) }
        for document in script.documents { look(at: document.pieces) }
    }

    private mutating func look(at command: ShellCommand) {
        switch command {
        case .simple(let simple): look(at: simple)
        case .compound(let compound): look(at: compound)
        case .function: hasFunctions = true
        case .pipeline(let parts), .chain(let parts): for part in parts { look(at: part) }
        case .background(let inner), .coprocess(let inner): look(at: inner)
        }
    }

    private mutating func look(at command: SimpleCommand) {
        for assignment in command.assignments {
            variables.set(assignment.name)
            for value in assignment.values { look(at: value.pieces) }
        }
        for word in command.words {
            if word.literal == "cd" { moves = true }
            look(at: word.pieces)
        }
        for redirection in command.redirections { look(at: redirection.target.pieces) }
    }

    private mutating func look(at compound: CompoundCommand) {
        if let name = compound.variable {
            if compound.kind == .forLoop, compound.namesWords {
                variables.loop(name, through: compound.words)
            } else {
                variables.set(name)
            }
        }
        for word in compound.words { look(at: word.pieces) }
        for part in compound.parts { look(at: part) }
        for redirection in compound.redirections { look(at: redirection.target.pieces) }
    }

    private mutating func look(at pieces: [ShellWord.Piece]) {
        for piece in pieces {
            switch piece {
            case .command(let commands, _), .process(let commands): for command in commands { look(at: command) }
            case .parameter(_, _, _, let inner), .arithmetic(_, let inner): look(at: inner)
            case .text, .glob, .tilde, .braces, .unknown: break
            }
        }
    }
}

/// Tests that compute nothing: an operand of `-eq` is an expression, in which bash runs commands.
enum TestOperands {
    static func areHarmless(_ words: [ShellWord]) -> Bool {
        for (index, word) in words.enumerated() {
            guard let sign = word.literal, !word.hasQuotes else { continue }
            if sign == "-v" || sign == "-R" { return false }
            guard computing.contains(sign) else { continue }
            let operands = [index - 1, index + 1].filter(words.indices.contains)
            guard operands.allSatisfy({ isNumber(words[$0]) }) else { return false }
        }
        return true
    }

    private static func isNumber(_ word: ShellWord) -> Bool {
        word.literal.map { $0.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") } } ?? false
    }

    private static let computing: Set<String> = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]
}
