/// What must become true for a run to end well, and what the work may change on the way there.
public struct Goal: FieldValue, Hashable {
    public var judge: Judge
    /// Only files that match may differ from the start when the goal is judged.
    public var editable: [String]?
    /// All files may differ but those that match.
    public var protect: [String]?
    /// A goal that already holds at the start ends the run as not achieved.
    public var mustFailFirst: Bool
    /// How many checks in a row must hold.
    public var confirm: Int

    public init(
        _ judge: Judge,
        editable: [String]? = nil,
        protect: [String]? = nil,
        mustFailFirst: Bool = false,
        confirm: Int = 1
    ) {
        self.judge = judge
        self.editable = editable
        self.protect = protect
        self.mustFailFirst = mustFailFirst
        self.confirm = confirm
    }
}

/// A gate, or gates put together.
public indirect enum Judge: Sendable, Hashable {
    case gate(ModuleID, with: JSONValue)
    case all([Judge])
    case any([Judge])
    case not(Judge)

    /// Every gate in it, with its settings and where they stand below the goal.
    public func gates(at path: FieldPath) -> [(id: ModuleID, settings: JSONValue, path: FieldPath)] {
        switch self {
        case .gate(let id, let settings): [(id, settings, path)]
        case .all(let parts): parts.gates(at: path.appending("all"))
        case .any(let parts): parts.gates(at: path.appending("any"))
        case .not(let part): part.gates(at: path.appending("not"))
        }
    }
}

extension [Judge] {
    fileprivate func gates(at path: FieldPath) -> [(id: ModuleID, settings: JSONValue, path: FieldPath)] {
        enumerated().flatMap { $1.gates(at: path.appending($0)) }
    }
}

extension Goal {
    private struct Syntax: Fields {
        @Field("The gate that judges.") var gate: String? = nil
        @Field("The gate's settings.") var with: JSONValue = [:]
        @Field("Goals that must all hold.") var all: [Judge]? = nil
        @Field("Goals of which one must hold.") var any: [Judge]? = nil
        @Field("A goal that must not hold.") var not: Judge? = nil
        @Field("Only these files may differ when the goal is judged.") var editable: [String]? = nil
        @Field("These files are what they were at the start when the goal is judged.") var protect: [String]? = nil
        @Field("Whether the goal has to fail at the start.") var mustFailFirst: Bool = false
        @Field("How many times in a row the goal must hold.") var confirm: Int = 1
        init() {}

        /// Whether the fields agree; every disagreement is noted.
        func isConsistent(_ reader: inout FieldReader) -> Bool {
            let namesBoth = editable != nil && protect != nil
            if namesBoth {
                let sentence = "Give 'editable' or 'protect', not both: each says what the other leaves."
                reader.problem(inKey: "protect", sentence)
            }
            let isCount = (1...100).contains(confirm)
            if !isCount {
                let name = reader.path.appending("confirm")
                reader.problem(behindKey: "confirm", "Field '\(name)' must be from 1 to 100, but is \(confirm).")
            }
            return !namesBoth && isCount
        }
    }

    public static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    public var json: JSONValue {
        var members = judge.json.members
        members["editable"] = editable?.json
        members["protect"] = protect?.json
        members["must_fail_first"] = .bool(mustFailFirst)
        members["confirm"] = .int(confirm)
        return .object(members)
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .string(let name) = json {
            self.init(.gate(ModuleID(name), with: [:]))
            return
        }
        guard case .object = json else {
            reader.expected("the name of a gate, or a mapping", of: json)
            return nil
        }
        guard let syntax = Syntax(json, &reader) else { return nil }
        let judge = Judge.one(
            gate: syntax.gate,
            with: syntax.with,
            all: syntax.all,
            any: syntax.any,
            not: syntax.not,
            &reader
        )
        guard syntax.isConsistent(&reader), let judge else { return nil }
        self.init(
            judge,
            editable: syntax.editable,
            protect: syntax.protect,
            mustFailFirst: syntax.mustFailFirst,
            confirm: syntax.confirm
        )
    }
}

extension Judge: FieldValue {
    private struct Syntax: Fields {
        @Field("The gate that judges.") var gate: String? = nil
        @Field("The gate's settings.") var with: JSONValue = [:]
        @Field("Goals that must all hold.") var all: [Judge]? = nil
        @Field("Goals of which one must hold.") var any: [Judge]? = nil
        @Field("A goal that must not hold.") var not: Judge? = nil
        init() {}
    }

    public static var schema: ValueSchema { .recursive("goal") }

    /// What ``schema`` names.
    public static var definition: ValueSchema { .oneOf([.string, Syntax.schema]) }

    public var json: JSONValue {
        switch self {
        case .gate(let id, let settings): ["gate": .string(id.value), "with": settings]
        case .all(let parts): ["all": parts.json]
        case .any(let parts): ["any": parts.json]
        case .not(let part): ["not": part.json]
        }
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .string(let name) = json {
            self = .gate(ModuleID(name), with: [:])
            return
        }
        guard let syntax = Syntax(json, &reader),
            let judge = Self.one(
                gate: syntax.gate,
                with: syntax.with,
                all: syntax.all,
                any: syntax.any,
                not: syntax.not,
                &reader
            )
        else { return nil }
        self = judge
    }

    fileprivate static func one(
        gate: String?,
        with settings: JSONValue,
        all: [Judge]?,
        any: [Judge]?,
        not: Judge?,
        _ reader: inout FieldReader
    ) -> Judge? {
        let given: [Judge?] = [
            gate.map { .gate(ModuleID($0), with: settings) }, all.map(Judge.all), any.map(Judge.any),
            not.map(Judge.not),
        ]
        let judges = given.compactMap(\.self)
        guard judges.count == 1, let judge = judges.first else {
            reader.problem(
                "A goal names exactly one of 'gate', 'all', 'any' and 'not'; this one names \(judges.count)."
            )
            return nil
        }
        if gate == nil, settings != [:] {
            reader.problem(inKey: "with", "Settings under 'with' belong to a 'gate', and this goal names none.")
            return nil
        }
        if all?.isEmpty ?? any?.isEmpty ?? false {
            reader.problem("A goal of no goals cannot be judged: name at least one under 'all' or 'any'.")
            return nil
        }
        return judge
    }
}
