import PipelineKit

extension HookCommand {
    /// What of the workspace its words may name, as patterns: what judges is not to be changed by what is judged. One that
    /// names nothing does no harm; one that names a directory holds for all in it.
    ///
    /// A word with a dot or a slash counts wherever it stands. A bare name does where a program stands, or the script of an
    /// interpreter: elsewhere it is as often what is judged, as in `sh lint src`.
    var judgingFiles: [String] {
        var known: Set<String> = []
        return places.compactMap(Self.pattern).filter { known.insert($0).inserted }
    }

    private var places: [Substring] {
        switch self {
        case .line(let line): Self.places(in: line)
        case .words(let words):
            Self.places(of: words.map { $0[...] })
                + words.indices.filter { Self.isLine($0, of: words) }.flatMap { Self.places(in: words[$0]) }
        }
    }

    /// Whether a word is a line for a shell: the one after its `-c`, or `-ec`.
    private static func isLine(_ index: Int, of words: [String]) -> Bool {
        guard index > 1, shells.contains(name(of: words[0][...])) else { return false }
        let option = words[index - 1]
        return option.hasPrefix("-") && !option.hasPrefix("--") && option.hasSuffix("c")
    }

    private static func places(in line: String) -> [Substring] {
        line.split { "\n;&|()`".contains($0) }.flatMap { command in
            places(of: command.split { " \t<>'\"".contains($0) })
        }
    }

    private static func places(of command: [Substring]) -> [Substring] {
        programs(of: command) + command.flatMap(paths)
    }

    /// The first word, and the script after each that is an interpreter.
    private static func programs(of command: [Substring]) -> [Substring] {
        var programs = Array(command.prefix(1))
        var (awaitsScript, previous): (Bool, Substring) = (false, "")
        for word in command {
            if awaitsScript, !word.hasPrefix("-") {
                programs.append(word)
                // Behind an option it may be the value of that, and the script is still to come.
                awaitsScript = previous.hasPrefix("-") && previous != "-m"
            } else if isInterpreter(name(of: word)) {
                awaitsScript = true
            }
            previous = word
        }
        return programs
    }

    /// `a.py` of `a.py`, of `--rules=a.py` and of `a.py::test`; what stands behind `=` is as often a directory of sources.
    private static func paths(in word: Substring) -> [Substring] {
        let parts = [word] + word.split(separator: ":")
        let value = word.firstIndex(of: "=").map { word[$0...].dropFirst() }
        let values = value?.split(separator: ":").filter { name(of: $0).dropFirst().contains(".") } ?? []
        return parts.filter { $0.contains(where: "./".contains) && !$0.contains("=") } + values
    }

    private static func name(of word: Substring) -> Substring { word.split(separator: "/").last ?? "" }

    private static func isInterpreter(_ name: Substring) -> Bool {
        shells.contains(name) || interpreters.contains(name) || name.hasPrefix("python")
    }

    /// The pattern of a path from the root of the workspace; `nil` for what is none.
    private static func pattern(_ place: Substring) -> String? {
        guard !place.hasPrefix("-"), !place.hasPrefix("/"), place.utf8.count <= mostBytes else { return nil }
        var steps: [Substring] = []
        for step in place.split(separator: "/") where step != "." {
            if step != ".." { steps.append(step) } else if steps.popLast() == nil { return nil }
        }
        let path = plain(steps.joined(separator: "/"))
        if path.contains(where: "./".contains) { return path }
        return path.isEmpty || path.contains(where: "*?".contains) ? nil : "./\(path)"
    }

    /// As a pattern that can be read in one way: sets and choices are any characters, and all but `*` and `?` itself.
    private static func plain(_ path: String) -> String {
        var scalars = Array(path.unicodeScalars)
        if let first = scalars.firstIndex(where: "[{".unicodeScalars.contains),
            let last = scalars.lastIndex(where: "]}".unicodeScalars.contains), first < last
        {
            scalars.replaceSubrange(first...last, with: ["*"])
        }
        return scalars.reduce(into: "") { $0 += "\\[{}".unicodeScalars.contains($1) ? "\\\($1)" : "\($1)" }
    }

    private static let shells: Set<Substring> = ["sh", "bash", "dash", "zsh", "ksh", "ash"]
    private static let interpreters: Set<Substring> = [
        ".", "source", "node", "deno", "bun", "ruby", "perl", "php", "lua", "Rscript", "pypy3", "tclsh", "guile",
    ]
    /// Of a path.
    private static let mostBytes = 1_000
}
