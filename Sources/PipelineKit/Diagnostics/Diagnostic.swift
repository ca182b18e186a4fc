/// One thing a person should know about a file they wrote.
///
/// ```
/// fix.yaml:12:5: error: Unknown field 'modle'. Did you mean 'model'?
///   12 | modle: openai/gpt-5.2
///      | ^~~~~
/// ```
public struct Diagnostic: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable {
        /// The file cannot be used.
        case error
        /// The file can be used, and probably does not say what was meant.
        case warning
    }

    public var severity: Severity
    /// As the person named it.
    public var file: String
    /// `nil` for a mistake of the file as a whole.
    public var place: SourcePlace?
    /// One sentence that quotes what was read.
    public var message: String

    public init(_ severity: Severity = .error, _ message: String, in file: String, at place: SourcePlace? = nil) {
        self.severity = severity
        self.file = file
        self.place = place
        self.message = message
    }
}

/// A part of one line of a file.
public struct SourcePlace: Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// In Unicode scalars; what goes on in further lines counts to the end of this one.
    public var length: Int
    /// The whole line, without its end.
    public var text: String

    public init(line: Int, column: Int, length: Int = 1, text: String) {
        self.line = line
        self.column = column
        self.length = length
        self.text = text
    }
}

extension Diagnostic: CustomStringConvertible {
    /// Ready to print: the position, the sentence and, with a place, the line with a caret below. No newline at the end.
    public var description: String {
        let said = "\(severity.rawValue): \(Printable.sentence(message))"
        let name = Printable.text(file)
        guard let place else { return "\(name): \(said)" }
        let number = String(place.line)
        let blank = String(repeating: " ", count: number.count)
        let snippet = Snippet(place)
        return """
            \(name):\(place.line):\(place.column): \(said)
              \(number) | \(snippet.text)
              \(blank) | \(snippet.caret)
            """
    }
}

/// Everything wrong with a file, in the order of its lines; never empty.
public struct Diagnostics: Error, Sendable, Hashable, CustomStringConvertible {
    public var all: [Diagnostic]

    public init(_ all: [Diagnostic]) { self.all = all }

    public var description: String { all.map(\.description).joined(separator: "\n") }
}
