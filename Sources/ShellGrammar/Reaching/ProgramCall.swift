import PipelineKit

/// A program with its words, and what it may touch.
struct ProgramCall {
    let place: LineReach.Place
    let variables: LoopVariables
    let moves: Bool
    let words: [ShellWord]
    let operands: [Operand]
    /// The command that this one starts, and nothing besides: `git status` for `timeout 5 git status`.
    private(set) var alone: String?
    /// Other commands that it may start: what follows `sudo`, what stands in `bash -c '...'`.
    private(set) var inner: [String] = []
    /// Paths it may read, as they are written.
    private(set) var paths: [String] = []

    /// - Precondition: The first word is literal.
    init(_ words: [ShellWord], place: LineReach.Place, variables: LoopVariables, moves: Bool) {
        self.words = words
        self.place = place
        self.variables = variables
        self.moves = moves
        operands = words.dropFirst().map { Operand($0, variables) }
    }

    /// What it may touch: all, unless the table says less.
    mutating func reach() -> Set<Reach> {
        let written = words[0].literal ?? ""
        let name = written.split(separator: "/").last.map(String.init) ?? written
        if name != written {
            inner = [text(of: [name] + words.dropFirst().map(\.canonical))] + started(by: name)
            return Reach.anything.union(outside)  // a file of this name may be anything
        }
        if let wrapped = wrapped(name) { return reach(of: wrapped) }
        inner = started(by: name)
        guard let rule = Programs.rules[name] else { return Reach.anything.union(outside) }
        return reach(by: rule)
    }

    private mutating func reach(by rule: Programs.Rule) -> Set<Reach> {
        switch rule {
        case .prints(let options):
            guard options.allow(operands) else { return Reach.anything }
            return hasForeignPattern ? [.reads, .outside] : [.reads]
        case .reads(let options):
            guard options.allow(operands) else { return Reach.anything.union(outside) }
            paths = operands.compactMap(\.path)
            return Set([.reads]).union(outside)
        case .checked(let check):
            guard check(self) else { return whenNotChecked.union(outside) }
            paths = operands.compactMap(\.path)
            return Set([.reads]).union(outside)
        case .writes: return Set([.reads, .writes]).union(outside)
        case .network: return Set([.reads, .writes, .network]).union(outside)
        case .git: return GitCall(self).reach.union(outside)
        }
    }

    /// `outside`, when a word may name what is not in the workspace.
    private var outside: Set<Reach> { operands.allSatisfy { $0.isInside(place.directory) } ? [] : [.outside] }

    /// Whether a pattern may match names of files elsewhere.
    private var hasForeignPattern: Bool {
        zip(words.dropFirst(), operands).contains { word, operand in
            let isPattern = word.pieces.contains { piece in
                if case .glob = piece { true } else { false }
            }
            return isPattern && !operand.isInside(place.directory)
        }
    }

    /// `sed -i` with a script that is known writes the files that it is given.
    private var whenNotChecked: Set<Reach> {
        guard words[0].literal == "sed", operands.first?.literal == "-i" else { return Reach.anything }
        let rest = [words[0]] + words.dropFirst(2)
        let other = ProgramCall(rest, place: place, variables: variables, moves: moves)
        return SedScript.onlyPrints(other) ? [.reads, .writes] : Reach.anything
    }

    private func text(of words: some Sequence<String>) -> String { words.joined(separator: " ") }

    // MARK: - Programs that start others

    /// The words of the command that this one starts and is nothing besides; `nil` for another program.
    private func wrapped(_ name: String) -> ArraySlice<ShellWord>? {
        let rest = words.dropFirst()
        switch name {
        case "nohup": return rest.first?.literal?.hasPrefix("-") == false ? rest : nil
        case "command": return rest.first?.literal?.hasPrefix("-") == false ? rest : nil
        case "nice":
            guard rest.first?.literal == "-n" else { return beginsWithOption(rest) ? nil : rest }
            return rest.dropFirst(2)
        case "timeout":
            guard !beginsWithOption(rest) else { return nil }
            return rest.dropFirst()
        case "env":
            let isAssigned = rest.first?.literal?.utf8.contains(UInt8(ascii: "=")) ?? true
            return beginsWithOption(rest) || isAssigned ? nil : rest
        default: return nil
        }
    }

    /// Commands that a program may start which is known to start others.
    private func started(by name: String) -> [String] {
        if Programs.shells.contains(name) {
            let script =
                name == "eval"
                ? [words.dropFirst().compactMap(\.literal).joined(separator: " ")] : operands.compactMap(\.literal)
            return script.flatMap { LineReach.scope(of: $0, argument: "", at: place).scope.line?.commands ?? [] }
                .flatMap { [$0.text] + $0.inner }
        }
        guard Programs.starters.contains(name) else { return [] }
        let texts = words.map(\.canonical)
        return texts.indices.dropFirst().prefix(64).map { text(of: texts[$0...]) }
    }

    private func beginsWithOption(_ words: ArraySlice<ShellWord>) -> Bool {
        words.first.map { Operand($0, variables).mayBeOption } ?? false
    }

    private mutating func reach(of wrapped: ArraySlice<ShellWord>) -> Set<Reach> {
        guard let first = wrapped.first, first.literal != nil, wrapped.count < words.count else {
            return Reach.anything
        }
        var call = ProgramCall(Array(wrapped), place: place, variables: variables, moves: moves)
        let reach = call.reach()
        alone = call.alone ?? text(of: wrapped.map(\.canonical))
        inner = [text(of: wrapped.map(\.canonical))] + call.inner
        paths = call.paths
        return reach
    }
}

extension Operand {
    /// The path that it may be; of an option none.
    var path: String? {
        guard case .literal(let text) = self, !text.isEmpty, !text.hasPrefix("-") else { return nil }
        return text
    }

    var literal: String? {
        if case .literal(let text) = self { text } else { nil }
    }
}
