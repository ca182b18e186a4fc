/// A reference to a secret, such as `env:OPENAI_API_KEY`; never the secret itself.
///
/// The value is resolved at the call that needs it, through ``SecretResolver``, and is kept nowhere.
public struct Secret: Sendable, Hashable {
    /// Where the value is.
    public enum Place: Sendable, Hashable {
        /// In the environment variable of this name.
        case variable(String)
        /// In the file at this absolute path, which only its owner may read.
        case file(String)
        /// In the key store, under this name.
        case stored(String)
        /// With the engine, for the run that it is looked up in: `token`.
        case run(String)
    }

    public let place: Place
    /// Whether the value must be seen nowhere; not so for a plain setting that is looked up in the same way.
    public let isConfidential: Bool

    public init(variable: String) { self.init(.variable(variable)) }

    /// - Parameter file: An absolute path.
    public init(file: String) { self.init(.file(file)) }

    public init(stored name: String) { self.init(.stored(name)) }

    /// The token with which a program of a run may ask and report for it, and do nothing else.
    public static let runToken = Secret(.run("token"))

    /// A variable that is looked up as secrets are and holds none, such as the address of a service.
    public init(openVariable name: String) { self.init(.variable(name), isConfidential: false) }

    private init(_ place: Place, isConfidential: Bool = true) {
        self.place = place
        self.isConfidential = isConfidential
    }

    /// The environment variable that holds the value; `nil` when it is elsewhere.
    public var variable: String? {
        if case .variable(let name) = place { name } else { nil }
    }

    /// What the place is called, without the kind of place.
    public var name: String {
        switch place {
        case .variable(let name), .stored(let name), .run(let name): name
        case .file(let path): path
        }
    }

    /// The place in a sentence about the key in it: `the key in OPENAI_API_KEY`, `the key in 'stored:openai'`.
    public var told: String {
        if case .variable(let name) = place { name } else { "'\(self)'" }
    }

    /// What a person does to have the value there: `set the environment variable OPENAI_API_KEY`.
    public var hint: String {
        switch place {
        case .variable(let name): "set the environment variable \(name)"
        case .file(let path): "write it into the file '\(path)', which nobody but its owner may read (chmod 600)"
        case .stored(let name): "run 'sluice key set \(name)'"
        case .run: "it is there within a run, and nowhere else"
        }
    }
}

/// Looks a secret up, at the moment it is needed.
public typealias SecretResolver = @Sendable (Secret) -> String?

extension Secret: CustomStringConvertible {
    /// The reference as it is written in a pipeline.
    public var description: String {
        switch place {
        case .variable(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .stored(let name): "stored:\(name)"
        case .run(let name): "run:\(name)"
        }
    }

    /// Reads `env:NAME`, `file:/absolute/path`, `stored:NAME` or `run:token`; `nil` for anything else.
    public init?(_ text: String) {
        guard case .secret(let secret) = Reading(text) else { return nil }
        self = secret
    }

    /// Whether a text is meant as a reference to a secret, rightly written or not.
    public static func isMeant(by text: String) -> Bool {
        ["env:", "file:/", "file:~", "stored:", "run:token"].contains { text.hasPrefix($0) }
    }

    /// Whether the key store can have an entry of this name: up to 64 characters, parts such as `anthropic/work`.
    public static func isStoredName(_ name: some StringProtocol) -> Bool {
        let isWhole = name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            guard let first = $0.utf8.first else { return false }
            return first.isSmallLetter || first.isDigit
        }
        return isWhole && name.utf8.count <= 64
            && name.utf8.allSatisfy { $0.isSmallLetter || $0.isDigit || [0x2D, 0x2E, 0x2F, 0x5F].contains($0) }
    }

    /// What the names of stored keys look like, for a sentence.
    public static let storedNames =
        "up to 64 lower-case letters, digits, '-', '_' and '.', in parts with '/' between them, such as 'anthropic/work'"
}

extension Secret: FieldValue {
    public static var schema: ValueSchema { .quantity("secret", example: "env:OPENAI_API_KEY") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        // What stands there may be the secret itself, and messages are printed and logged: none of them quotes it.
        switch json.text.map(Reading.init) ?? .none {
        case .secret(let secret): self = secret
        case .wrong(let sentence):
            reader.problem("\(reader.subject) \(sentence)")
            return nil
        case .none:
            reader.problem(
                "\(reader.subject) must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
            )
            return nil
        }
    }
}

/// What a text turned out to be.
private enum Reading {
    case secret(Secret)
    /// Meant as a reference; the rest of a sentence that begins with what it is.
    case wrong(String)
    case none

    init(_ text: String) {
        if let name = text.after("env:") {
            self = Self.isVariable(name) ? .secret(Secret(variable: String(name))) : .none
        } else if let path = text.after("file:") {
            self = Self.file(path)
        } else if let name = text.after("stored:") {
            let sentence = "must name a stored key: \(Secret.storedNames)."
            self = Secret.isStoredName(name) ? .secret(Secret(stored: String(name))) : .wrong(sentence)
        } else if text == "\(Secret.runToken)" {
            self = .secret(.runToken)
        } else {
            self = .none
        }
    }

    private static func file(_ path: Substring) -> Reading {
        guard !path.hasPrefix("~") else {
            return .wrong(
                "must name a file by its absolute path, such as 'file:/run/secrets/openai': '~' stands for nothing here."
            )
        }
        // What a run was given must not decide which file is read.
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0), !path.contains("${") else {
            return .wrong("must name a file by its absolute path, such as 'file:/run/secrets/openai'.")
        }
        return .secret(Secret(file: String(path)))
    }

    /// Letters, digits and underscores (POSIX.1-2024, section 8.1, and lower case).
    private static func isVariable(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !first.isDigit else { return false }
        return name.utf8.allSatisfy { $0 == 0x5F || $0.isSmallLetter || (0x41...0x5A).contains($0) || $0.isDigit }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isSmallLetter: Bool { (0x61...0x7A).contains(self) }
}

extension String {
    fileprivate func after(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
