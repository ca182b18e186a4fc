public import PipelineKit

/// What the commands of a line may touch, as far as that can be told without running it.
///
/// It errs on one side: a command is said to read only when that is proven from its words. What is not known touches all.
public struct LineReach {
    /// Where a line is to run.
    public struct Place: Sendable, Hashable {
        /// Absolute path of the directory.
        public var directory: String
        /// Whether git finds the repository there that it belongs to, and none that somebody put below it.
        public var isRepository: Bool

        public init(directory: String, isRepository: Bool) {
            self.directory = directory
            self.isRepository = isRepository
        }
    }

    let place: Place
    let variables: LoopVariables
    /// Whether the line changes directories.
    let moves: Bool
    private(set) var commands: [ProposedLine.Command] = []
    private(set) var isKnown = true
    /// Paths of files that reading commands name, as they are written.
    private(set) var paths: [String] = []

    /// What a line may touch.
    ///
    /// - Parameter argument: The name of the tool's argument that it stands in.
    /// - Returns: its scope, and the relative paths that it names.
    public static func scope(
        of line: String,
        argument: String,
        at place: Place
    ) -> (scope: CallScope, paths: [String]) {
        guard let script = try? ShellParser.parse(line) else {
            let unknown = ProposedLine(argument: argument, commands: [], isKnown: false)
            return (CallScope(Reach.anything, line: unknown), [])
        }
        let names = NamesOfLine(script)
        var reach = LineReach(place: place, variables: names.variables, moves: names.moves)
        reach.isKnown = !names.hasFunctions
        reach.look(at: script)
        let all = reach.commands.reduce(into: Set([Reach.reads])) { $0.formUnion($1.reach) }
        let line = ProposedLine(argument: argument, commands: reach.commands, isKnown: reach.isKnown)
        return (CallScope(reach.isKnown ? all : Reach.anything, line: line), reach.paths)
    }

    private init(place: Place, variables: LoopVariables, moves: Bool) {
        self.place = place
        self.variables = variables
        self.moves = moves
    }

    // MARK: - The tree

    private mutating func look(at script: ShellScript) {
        for command in script.commands { look(at: command) }
        for document in script.documents { lookInside(document) }
    }

    private mutating func look(at command: ShellCommand) {
        switch command {
        case .simple(let simple): look(at: simple)
        case .compound(let compound): look(at: compound)
        case .function: isKnown = false
        case .pipeline(let parts), .chain(let parts): for part in parts { look(at: part) }
        case .background(let inner):
            look(at: inner)
            commands.append(ProposedLine.Command("&", reach: [.reads, .runs]))  // it may outlive the line
        case .coprocess(let inner):
            isKnown = false
            look(at: inner)
        }
    }

    private mutating func look(at compound: CompoundCommand) {
        for word in compound.words { lookInside(word) }
        for part in compound.parts { look(at: part) }
        for redirection in compound.redirections { look(at: redirection) }
        if compound.kind == .test, !TestOperands.areHarmless(compound.words) { isKnown = false }
        if compound.kind == .select { isKnown = false }
    }

    private mutating func look(at command: SimpleCommand) {
        for assignment in command.assignments { look(at: assignment) }
        for redirection in command.redirections { look(at: redirection) }
        for word in command.words { lookInside(word) }
        guard let first = command.words.first else { return }
        let text = command.words.map(\.canonical).joined(separator: " ")
        guard first.literal != nil else {
            isKnown = false
            commands.append(ProposedLine.Command(text, reach: Reach.anything))
            return
        }
        var call = ProgramCall(command.words, place: place, variables: variables, moves: moves)
        let reach = call.reach()
        if reach == [.reads] { paths += call.paths }
        commands.append(ProposedLine.Command(text, alone: call.alone, inner: call.inner, reach: reach))
    }

    /// Variables of the program's own making, in small letters, change nothing but the line; others may be anybody's.
    private mutating func look(at assignment: ShellAssignment) {
        for value in assignment.values { lookInside(value) }
        let isOwn = assignment.name.utf8.allSatisfy { !(65...90).contains($0) }
        if assignment.isArray { isKnown = false }
        guard !isOwn, !Self.harmless.contains(assignment.name), !assignment.name.hasPrefix("LC_") else { return }
        commands.append(ProposedLine.Command(assignment.source, reach: Reach.anything))
    }

    private static let harmless: Set<String> = [
        "LANG", "LANGUAGE", "TERM", "COLUMNS", "LINES", "NO_COLOR", "CLICOLOR", "TZ",
    ]

    // MARK: - Words

    private mutating func lookInside(_ word: ShellWord) { lookInside(word.pieces) }

    private mutating func lookInside(_ pieces: [ShellWord.Piece]) {
        for piece in pieces {
            switch piece {
            case .command(let commands, _), .process(let commands): for command in commands { look(at: command) }
            case .parameter(_, let isPlain, _, let inner), .arithmetic(let isPlain, let inner):
                if !isPlain { isKnown = false }
                lookInside(inner)
            case .text, .glob, .tilde, .braces, .unknown: break
            }
        }
    }

    // MARK: - Redirections

    private mutating func look(at redirection: ShellRedirection) {
        let target = redirection.target
        if redirection.kind != .document { lookInside(target) }
        let text = "\(redirection.kind.rawValue) \(target.canonical)"
        switch redirection.kind {
        case .document, .string: return
        case .copyInput where target.isStream, .copyOutput where target.isStream: return
        case .input, .copyInput:
            let found = reach(of: target, isWritten: false)
            if found != [.reads] { commands.append(ProposedLine.Command(text, reach: found)) }
            if let path = target.literal { paths.append(path) }
        case .output, .append, .clobber, .both, .appendBoth, .readWrite, .copyOutput:
            let found = reach(of: target, isWritten: true)
            if found != [.reads] { commands.append(ProposedLine.Command(text, reach: found)) }
        }
    }

    private func reach(of target: ShellWord, isWritten: Bool) -> Set<Reach> {
        if case .process? = target.pieces.first { return [.reads] }
        guard let path = target.literal else { return Reach.anything.union([.outside]) }
        if ["/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr"].contains(path) { return [.reads] }
        if path.hasPrefix("/dev/tcp/") || path.hasPrefix("/dev/udp/") { return [.reads, .writes, .network] }
        let place: Set<Reach> = Operand.literal(path).isInside(place.directory) ? [.reads] : [.reads, .outside]
        return isWritten ? place.union([.writes]) : place
    }
}

extension Reach {
    /// What a program touches of which nothing is known.
    static let anything: Set<Reach> = [.reads, .writes, .runs, .network]
}

extension ShellWord {
    /// The word as a rule sees it: without quotes where it needs none, in single quotes where it does, and as it was
    /// written where it is not known before it runs.
    var canonical: String {
        guard let literal else { return source }
        let isPlain =
            !literal.isEmpty
            && literal.utf8.allSatisfy { $0.isOfName || $0 >= 0x80 || "-./:=@%+,^{}~*?[]!#".utf8.contains($0) }
        guard !isPlain else { return literal }
        return "'\(literal.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    /// Whether it is the number of a stream, or closes one.
    fileprivate var isStream: Bool {
        guard let literal else { return false }
        return literal == "-" || (!literal.isEmpty && literal.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "-") })
    }
}
