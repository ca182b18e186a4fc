/// A type of C that can pass between a model and a function.
indirect enum CType: Sendable, Hashable {
    /// Nothing, as a result.
    case void
    case bool
    case integer(bytes: Int, isSigned: Bool)
    case float
    case double
    /// `const char *`: UTF-8, ended by a NUL.
    case string
    /// `const void *`: bytes, whose number another parameter tells.
    case bytes
    /// Passed by value.
    case structure([CField])

    /// The words of each type, without blanks at their ends; sizes are those of Linux on machines of 64 bits.
    static let named: [String: CType] = {
        var all: [String: CType] = [
            "void": .void, "bool": .bool, "_Bool": .bool, "float": .float, "double": .double, "string": .string,
            "bytes": .bytes, "char": .integer(bytes: 1, isSigned: isCharSigned),
            "size_t": .integer(bytes: 8, isSigned: false),
            "ssize_t": .integer(bytes: 8, isSigned: true), "intptr_t": .integer(bytes: 8, isSigned: true),
            "uintptr_t": .integer(bytes: 8, isSigned: false), "off_t": .integer(bytes: 8, isSigned: true),
            "time_t": .integer(bytes: 8, isSigned: true), "pid_t": .integer(bytes: 4, isSigned: true),
            "signed char": .integer(bytes: 1, isSigned: true), "unsigned char": .integer(bytes: 1, isSigned: false),
            "byte": .integer(bytes: 1, isSigned: false),
        ]
        for (bytes, names) in [
            2: ["short", "short int"], 4: ["int", ""], 8: ["long", "long int", "long long", "long long int"],
        ] {
            for name in names {
                if !name.isEmpty { all[name] = .integer(bytes: bytes, isSigned: true) }
                all["signed \(name)".trimmedWords] = .integer(bytes: bytes, isSigned: true)
                all["unsigned \(name)".trimmedWords] = .integer(bytes: bytes, isSigned: false)
            }
        }
        for (name, bytes) in ["uchar": 1, "ushort": 2, "uint": 4, "ulong": 8] {
            all[name] = .integer(bytes: bytes, isSigned: false)
        }
        for bits in [8, 16, 32, 64] {
            for (name, isSigned) in [("int\(bits)", true), ("uint\(bits)", false)] {
                all[name] = .integer(bytes: bits / 8, isSigned: isSigned)
                all["\(name)_t"] = .integer(bytes: bits / 8, isSigned: isSigned)
            }
        }
        return all
    }()

    #if arch(x86_64)
    private static let isCharSigned = true
    #else
    private static let isCharSigned = false
    #endif

    /// Whether its values are numbers, texts, or made of those, and so can be told in JSON.
    var isPassedInRegisters: Bool {
        switch self {
        case .bool, .integer, .float, .double: true
        case .void, .string, .bytes, .structure: false
        }
    }
}

/// A member of a structure.
struct CField: Sendable, Hashable {
    var name: String
    var type: CType
}

extension String {
    /// The words with one blank between them.
    var trimmedWords: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
