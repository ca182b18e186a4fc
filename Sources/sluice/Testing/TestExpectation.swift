import PipelineEngine
import PipelineKit

/// How a run is to go.
struct TestExpectation: Fields {
    /// The statuses of a run that nobody works on any more.
    enum End: String, Choice {
        case achieved
        case notAchieved = "not_achieved"
        case waiting
        case aborted
        case failed
    }

    @Field("How it ends, as 'sluice show --json' has it.") var end: End
    @Field("What the reason of the end says, or a part of it.") var reason: String? = nil
    @Field("Events that are recorded, in this order; others may come between.") var events: [EventExpectation] = []
    @Field("What files hold afterwards, by path.") var files: [String: FileExpectation] = [:]
    @Field("What the model cost.") var cost: Money? = nil
    @Field("How many iterations it took.") var iterations: Int? = nil
    init() {}

    func check(_ reader: inout FieldReader) {
        for path in files.keys.sorted() where !path.isPlaceInWorkspace {
            reader.problem(inValueOf: "files", "must have paths inside the workspace, but has '\(path)'.")
        }
    }
}

/// One event: its type, or a mapping of what is to be in it.
struct EventExpectation: FieldValue {
    private struct Syntax: Fields {
        @Field("The type of the event.") var type: String
        @Field("The tool, of an event of a call.") var tool: String? = nil
        @Field("Words that stand somewhere in it.") var contains: String? = nil
        @Field("What its body holds; of mappings only what is written here is looked at.")
        var body: [String: JSONValue] = [:]
        init() {}
    }

    private let syntax: Syntax

    static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    var json: JSONValue { isPlain ? .string(type) : syntax.json }
    var type: String { syntax.type }
    private var isPlain: Bool { syntax.tool == nil && syntax.contains == nil && syntax.body.isEmpty }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        let whole: JSONValue = json.text.map { ["type": .string($0)] } ?? json
        guard let syntax = Syntax(whole, &reader) else { return nil }
        self.syntax = syntax
    }

    /// - Parameter tool: The tool of the call that the event is of.
    func fits(_ event: Event, tool: String?) -> Bool {
        guard event.payload.type == type, syntax.tool == nil || syntax.tool == tool else { return false }
        let body = JSONValue.object(event.payload.body)
        guard syntax.contains.map({ body.holds(words: $0) }) ?? true else { return false }
        return body.holds(.object(syntax.body))
    }

    /// As a person wrote it, in a line.
    var words: String {
        guard !isPlain else { return "'\(type)'" }
        let parts = [
            syntax.tool.map { "of the tool '\($0)'" }, syntax.contains.map { "with '\($0)' in it" },
            syntax.body.isEmpty ? nil : "with \(JSONValue.object(syntax.body).jsonText) in its body",
        ]
        return (["'\(type)'"] + parts.compactMap(\.self)).joined(separator: " ")
    }
}

/// What a file holds: all of it, or a part.
struct FileExpectation: FieldValue {
    private struct Syntax: Fields {
        @Field("Words that stand in it.") var contains: String? = nil
        @Field("Whether it must not be there.") var absent: Bool = false
        init() {}

        func check(_ reader: inout FieldReader) {
            if (contains != nil) == absent {
                reader.problem("A file is expected by its text, by 'contains', or as 'absent: true'.")
            }
        }
    }

    let json: JSONValue
    private let contains: String?
    private let isAbsent: Bool

    static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        self.json = json
        if case .string = json {
            (contains, isAbsent) = (nil, false)
        } else {
            guard let syntax = Syntax(json, &reader) else { return nil }
            (contains, isAbsent) = (syntax.contains, syntax.absent)
        }
    }

    /// What is wrong with a file; `nil` when it is as expected.
    ///
    /// - Parameter text: What it holds; `nil` when it is not there.
    func problem(with path: String, holding text: String?) -> String? {
        if isAbsent { return text == nil ? nil : "file '\(path)' is there, and was expected not to be" }
        guard let text else { return "file '\(path)' is not there" }
        if let contains {
            return text.contains(contains) ? nil : "file '\(path)' does not hold '\(contains)', but:\n\(text.quoted)"
        }
        guard let whole = json.text, text != whole else { return nil }
        return "file '\(path)' was expected to be:\n\(whole.quoted)\nand is:\n\(text.quoted)"
    }
}

extension String {
    /// Indented lines for a report, no more than a person reads.
    var quoted: String {
        let lines = split(separator: "\n", omittingEmptySubsequences: false)
        let shown = (lines.last == "" ? lines.dropLast() : lines[...]).prefix(20).map { "  | \($0)" }
        return (shown + (lines.count > 21 ? ["  | …"] : [])).joined(separator: "\n")
    }
}

extension JSONValue {
    /// Whether words stand in one of its texts.
    fileprivate func holds(words: String) -> Bool {
        if let text { return text.contains(words) }
        return elements.contains { $0.holds(words: words) } || members.values.contains { $0.holds(words: words) }
    }

    /// Whether it is what is expected; of objects only the members that are expected count.
    fileprivate func holds(_ expected: JSONValue) -> Bool {
        guard case .object(let members) = expected else { return self == expected }
        return members.allSatisfy { key, value in self[key].map { $0.holds(value) } ?? false }
    }
}
