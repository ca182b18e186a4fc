extension Verdict {
    /// One thing that a linter, a compiler or a scanner found.
    public struct Finding: Sendable, Hashable {
        /// How bad it is, in the words of SARIF 2.1.0, 3.27.10.
        public enum Level: String, Sendable, Hashable, CaseIterable {
            case error
            case warning
            case note
        }

        public var level: Level
        /// What the tool calls this kind of finding: `F401`, `no-unused-vars`.
        public var rule: String?
        /// Capped.
        public var message: String
        /// Relative to the workspace where it is in it; `nil` for the project as a whole.
        public var file: String?
        /// From 1.
        public var line: Int?
        /// From 1.
        public var column: Int?

        public init(
            _ level: Level = .error,
            _ message: String,
            rule: String? = nil,
            file: String? = nil,
            line: Int? = nil,
            column: Int? = nil
        ) {
            self.level = level
            self.rule = rule
            self.message = message
            self.file = file
            self.line = line
            self.column = column
        }
    }
}

extension Verdict.Finding: CustomStringConvertible {
    /// As compilers print it: `calc.py:3:5: error: Undefined name 'x' [F821]`.
    public var description: String {
        let place = [file, line.map(String.init), line == nil ? nil : column.map(String.init)].compactMap(\.self)
        let opening = file == nil ? "" : place.joined(separator: ":") + ": "
        let rule = rule.map { " [\($0)]" } ?? ""
        return "\(opening)\(level.rawValue): \(message)\(rule)"
    }
}
