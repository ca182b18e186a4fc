/// What is known of a word of a command before it runs.
enum Operand: Hashable {
    case literal(String)
    /// Names of files in the workspace, or words that are in the line; they begin so.
    case inside(prefix: String)
    /// Anything: also a path elsewhere, or an option.
    case unknown

    init(_ word: ShellWord, _ variables: LoopVariables) {
        if let literal = word.literal {
            self = .literal(literal)
            return
        }
        self = Self.inside(word.pieces, variables) ?? .unknown
    }

    private static func inside(_ pieces: [ShellWord.Piece], _ variables: LoopVariables) -> Operand? {
        var known = ""  // the text so far, with a mark for what is not known of it
        var prefix: String?
        for piece in pieces {
            switch piece {
            case .glob, .braces, .arithmetic: prefix = prefix ?? known
            default: break
            }
            switch piece {
            case .text(let text, _): known += text
            case .glob: known += "*"
            case .braces: known += "*"
            case .process: known += "fd"
            case .arithmetic(isPlain: true, _): known += "0"
            case .parameter(let name, isPlain: true, let isQuoted, let inner) where inner.isEmpty:
                guard variables.areSafe(name, isQuoted: isQuoted) else { return nil }
                known += "v*"  // it begins neither with '-' nor with '/'
            case .tilde, .parameter, .command, .arithmetic, .unknown: return nil
            }
        }
        guard isInside(known), !matchesParent(known) else { return nil }
        return .inside(prefix: prefix ?? known)
    }

    /// Whether it names nothing outside of the directory, as far as its text tells.
    func isInside(_ directory: String) -> Bool {
        switch self {
        case .literal(let text):
            if directory != "/", text == directory || text.hasPrefix(directory + "/") {
                return Self.isInside(String(text.dropFirst(directory.count + 1)))
            }
            return Self.isInside(text) || text == "/dev/null" || text == "/dev/stdin"
        case .inside: return true
        case .unknown: return false
        }
    }

    var mayBeOption: Bool {
        switch self {
        case .literal(let text): text.hasPrefix("-")
        case .inside(let prefix): prefix.isEmpty || prefix.hasPrefix("-")
        case .unknown: true
        }
    }

    /// Whether a path, or the path in an option, is relative and has no `..`.
    private static func isInside(_ text: String) -> Bool {
        guard text.hasPrefix("-"), text.utf8.contains(UInt8(ascii: "/")) || text.hasSuffix("..") else {
            return isBeneath(text)
        }
        guard let sign = text.firstIndex(of: "=") else { return isBeneath(String(text.dropFirst(2))) }
        return isBeneath(String(text[text.index(after: sign)...]))
    }

    private static func isBeneath(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    }

    /// Whether a pattern may match `..`: `.*`, `.?`.
    private static func matchesParent(_ pattern: String) -> Bool {
        pattern.split(separator: "/").contains { $0.hasPrefix(".*") || $0.hasPrefix("..*") }
    }
}

/// The variables of loops whose words are all in the line, or match files of the workspace.
struct LoopVariables {
    /// Whether the values have no blanks, so that they need no quotes.
    private var safe: [String: Bool] = [:]
    private var unsafe: Set<String> = []

    init() {}

    func areSafe(_ name: String, isQuoted: Bool) -> Bool {
        guard let isPlain = safe[name], !unsafe.contains(name) else { return false }
        return isQuoted || isPlain
    }

    mutating func set(_ name: String) { unsafe.insert(name) }

    mutating func loop(_ name: String, through words: [ShellWord]) {
        guard safe[name] == nil, !words.isEmpty else { return set(name) }
        for word in words {
            let operand = Operand(word, LoopVariables())
            // With a dot behind it the name of the directory itself would be that of its parent.
            guard operand.isInside("/"), !operand.mayBeOption, operand.path?.hasSuffix(".") != true else {
                return set(name)
            }
        }
        safe[name] = words.allSatisfy { word in
            word.literal.map { $0.utf8.allSatisfy { $0.isOfName || "-./".utf8.contains($0) } } ?? false
        }
    }
}
