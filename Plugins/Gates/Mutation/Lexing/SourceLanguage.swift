/// A language whose sources can be mutated.
enum SourceLanguage: String, Sendable, Hashable, CaseIterable {
    case c
    case cpp
    case go
    case java
    case javascript
    case python
    case rust
    case swift
    case typescript

    /// By the ending of the name; `nil` for any other file, and for those in which markup stands among the code.
    init?(path: String) {
        guard let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last else { return nil }
        switch ending {
        case "c": self = .c
        case "cc", "cpp", "cxx", "h", "hh", "hpp", "hxx": self = .cpp
        case "go": self = .go
        case "java": self = .java
        case "js", "mjs", "cjs": self = .javascript
        case "py": self = .python
        case "rs": self = .rust
        case "swift": self = .swift
        case "ts", "mts", "cts": self = .typescript
        default: return nil
        }
    }

    var isC: Bool { self == .c || self == .cpp }
    var isScript: Bool { self == .javascript || self == .typescript }
    var nestsComments: Bool { self == .rust || self == .swift }
    /// Whether a line that begins with `#` is for the compiler.
    var hasDirectives: Bool { isC || self == .swift }
    /// Whether `/a+/` may be a regular expression.
    var hasExpressions: Bool { isScript || self == .swift }

    /// What a line begins with that says where names come from, or what types there are.
    var declaring: Set<String> {
        switch self {
        case .c, .cpp: ["using", "template", "typedef"]
        case .go: ["import", "package"]
        case .java: ["import", "package"]
        case .javascript: ["import"]
        case .typescript: ["import", "type", "interface", "declare"]
        case .rust: ["use", "mod", "extern", "type"]
        case .swift: ["import", "typealias", "precedencegroup", "operator", "infix", "prefix", "postfix"]
        case .python: ["import", "from"]
        }
    }
}
