/// Signs and words of the languages that are lexed, as far as they differ from names.
enum OperatorWords {
    /// Words after which no operand has ended: `return -1` negates, `a -1` subtracts.
    static let areNoOperands: Set<String> = [
        "as", "async", "auto", "await", "bool", "break", "case", "catch", "char", "class", "const", "continue",
        "default",
        "defer", "delete", "do", "double", "dyn", "else", "enum", "export", "extends", "extern", "float", "fn", "for",
        "func", "function", "go", "goto", "guard", "if", "impl", "import", "in", "instanceof", "int", "let", "long",
        "match", "mut", "new", "of", "operator", "private", "protected", "public", "range", "ref", "return", "select",
        "short", "signed", "sizeof", "static", "struct", "switch", "template", "throw", "throws", "try", "typename",
        "typeof", "unsafe", "unsigned", "using", "var", "void", "volatile", "where", "while", "yield",
    ]

    /// What one sign can be taken for, a comparison, a logical or an arithmetic operator.
    static let opposites: [String: (sign: String, kind: String)] = [
        "==": ("!=", "comparison"), "!=": ("==", "comparison"), "===": ("!==", "comparison"),
        "!==": ("===", "comparison"), "<": ("<=", "comparison"), "<=": ("<", "comparison"),
        ">": (">=", "comparison"), ">=": (">", "comparison"), "&&": ("||", "logic"), "||": ("&&", "logic"),
        "+": ("-", "arithmetic"), "-": ("+", "arithmetic"), "*": ("/", "arithmetic"), "/": ("*", "arithmetic"),
        "%": ("*", "arithmetic"), "+=": ("-=", "arithmetic"), "-=": ("+=", "arithmetic"),
        "*=": ("/=", "arithmetic"), "/=": ("*=", "arithmetic"),
    ]

    private static let signs: [[UInt8]] = [
        ">>>=", "<<=", ">>=", ">>>", "...", "..<", "..=", "===", "!==", "<=>", "**=", "&&=", "||=", "??=", "->", "=>",
        "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>",
        "::", "..", "<-", "??", "?.", "**", "&+", "&-", "&*", ":=", "&^",
    ].map { Array($0.utf8) }

    /// Bytes of the longest sign at the beginning; 1 when it is none that has more.
    static func longest(in bytes: ArraySlice<UInt8>) -> Int {
        signs.first { bytes.starts(with: $0) }?.count ?? 1
    }
}
