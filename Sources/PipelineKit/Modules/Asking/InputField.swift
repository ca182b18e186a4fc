/// One thing that a person is asked for.
public struct InputField: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case text(TextFormat? = nil, length: ClosedRange<Int>? = nil)
        case integer(ClosedRange<Double>? = nil)
        case number(ClosedRange<Double>? = nil)
        case boolean
        case choice([Option])
        /// - Parameter count: How many of them; `nil` for any number.
        case choices([Option], count: ClosedRange<Int>? = nil)
    }

    /// What a text has to be, in the words of JSON Schema.
    public enum TextFormat: String, Sendable, Hashable, CaseIterable {
        case email
        case uri
        case date
        case dateTime = "date-time"
    }

    public struct Option: Sendable, Hashable {
        public var value: String
        /// What a person reads instead of the value.
        public var title: String?

        public init(_ value: String, title: String? = nil) {
            self.value = value
            self.title = title
        }
    }

    /// The key of the answer.
    public var name: String
    /// What a person reads instead of the name.
    public var title: String?
    /// One sentence for the person; may be empty.
    public var help: String
    public var kind: Kind
    public var isRequired: Bool
    /// What is taken when nothing is given.
    public var standard: JSONValue?

    public init(
        _ name: String,
        _ kind: Kind,
        title: String? = nil,
        help: String = "",
        isRequired: Bool = true,
        standard: JSONValue? = nil
    ) {
        self.name = name
        self.kind = kind
        self.title = title
        self.help = help
        self.isRequired = isRequired
        self.standard = standard
    }

    /// The name for a person.
    public var label: String { title ?? name }

    /// What is expected, in a few words: `a whole number from 1 to 9`.
    public var words: String {
        switch kind {
        case .text(let format, let length):
            (format?.words ?? "text") + (length.map { ", \(Self.words($0)) characters" } ?? "")
        case .integer(let range): "a whole number" + (range.map { " \(Self.words($0))" } ?? "")
        case .number(let range): "a number" + (range.map { " \(Self.words($0))" } ?? "")
        case .boolean: "yes or no"
        case .choice(let options): "one of \(Self.list(options))"
        case .choices(let options, let count):
            (count.map { "\(Self.words($0)) of " } ?? "some of ") + Self.list(options) + ", with commas between them"
        }
    }

    private static func list(_ options: [Option]) -> String {
        options.map { option in option.title.map { "\(option.value) (\($0))" } ?? option.value }.joined(separator: ", ")
    }

    /// `from 1 to 9`, `at least 1`.
    private static func words(_ range: ClosedRange<Double>) -> String {
        let (least, most) = (range.lowerBound, range.upperBound)
        if most == .infinity { return "at least \(written(least))" }
        if least == -.infinity { return "at most \(written(most))" }
        return "from \(written(least)) to \(written(most))"
    }

    private static func written(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }

    private static func words(_ range: ClosedRange<Int>) -> String {
        let (least, most) = (range.lowerBound, range.upperBound)
        if most == .max { return "at least \(least)" }
        return least == 0 ? "at most \(most)" : least == most ? "\(least)" : "\(least) to \(most)"
    }
}

extension InputField.TextFormat {
    fileprivate var words: String {
        switch self {
        case .email: "an e-mail address"
        case .uri: "an address such as https://example.org"
        case .date: "a date such as 2026-01-31"
        case .dateTime: "a moment such as 2026-01-31T12:00:00Z"
        }
    }

    /// Whether the text can be one; what lies behind it is not asked.
    func fits(_ text: String) -> Bool {
        switch self {
        case .email:
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && !$0.contains(where: \.isWhitespace) }
        case .uri:
            // RFC 3986, section 3: a scheme, a colon, and no white space anywhere.
            let scheme = text.prefix { $0 != ":" }
            return !scheme.isEmpty && scheme.count < text.count && !text.contains(where: \.isWhitespace)
        case .date: return text.utf8.count == 10 && Instant("\(text)T00:00:00Z") != nil
        case .dateTime: return Instant(text) != nil
        }
    }
}
