/// Programs of a person that are asked, or told, at certain moments of a run.
public struct Hooks: Fields, Hashable {
    @Field("Asked before a call; may refuse it, have a person asked, or give it other arguments.")
    public var beforeCall: [Hook] = []
    @Field("Told what a call gave; may object, or add a note for the model.") public var afterCall: [Hook] = []
    @Field("Asked when the workspace is there; may keep the run from going on.") public var runStart: [Hook] = []
    @Field("Told how the run ended.") public var runEnd: [Hook] = []

    public init() {}

    /// These, and those of another list after them.
    public func joined(_ other: Hooks?) -> Hooks {
        guard let other else { return self }
        var all = self
        all.beforeCall += other.beforeCall
        all.afterCall += other.afterCall
        all.runStart += other.runStart
        all.runEnd += other.runEnd
        return all
    }

    /// All of them, whatever the moment.
    public var all: [Hook] { beforeCall + afterCall + runStart + runEnd }
}

/// One program, and the calls it is for.
public struct Hook: Fields, Hashable {
    @Field("The program with its arguments, or a command line for /bin/sh.") public var run: HookCommand
    @Field("Patterns of the tools it is for; all when left out.") public var tools: [String] = []
    @Field("How long it may take; then it counts as a no.") public var timeout: Duration = .seconds(10)

    public init() {}

    /// The longest ``timeout``.
    public static let mostTime = Duration.seconds(600)

    public func check(_ reader: inout FieldReader) {
        guard timeout <= .zero || timeout > Self.mostTime else { return }
        reader.problem(inValueOf: "timeout", "must be more than nothing and at most 10m, but is \(timeout.written).")
    }

    /// Whether it is for a tool with these names.
    public func isFor(_ names: [String]) -> Bool {
        tools.isEmpty || tools.contains { tool in names.contains { TextPattern(tool).matches($0) } }
    }
}

/// What a hook starts.
public enum HookCommand: FieldValue, Hashable {
    case line(String)
    case words([String])

    public static var schema: ValueSchema { .oneOf([.string, .list(.string)]) }

    public var json: JSONValue {
        switch self {
        case .line(let line): .string(line)
        case .words(let words): words.json
        }
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .string(let line) = json, !line.isEmpty {
            self = .line(line)
        } else if case .array(let elements) = json, !elements.isEmpty,
            elements.allSatisfy({ $0.text?.isEmpty == false })
        {
            self = .words(elements.compactMap(\.text))
        } else {
            reader.expected("a command line, or a list of a program and its arguments", of: json)
            return nil
        }
    }

    /// The program and its arguments.
    public var words: [String] {
        switch self {
        case .line(let line): ["/bin/sh", "-c", line]
        case .words(let words): words
        }
    }

    /// What messages call it.
    public var name: String {
        switch self {
        case .line(let line): line
        case .words(let words): words.joined(separator: " ")
        }
    }
}
