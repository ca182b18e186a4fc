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

extension Judge: FieldValue {
    private struct Syntax: JudgeSyntax {
        @Field("The gate that judges.") var gate: String? = nil
        @Field("The gate's settings.") var with: JSONValue? = nil
        @Field("Goals that must all hold.") var all: [Judge]? = nil
        @Field("Goals of which one must hold.") var any: [Judge]? = nil
        @Field("A goal that must not hold.") var not: Judge? = nil
        init() {}
    }

    /// How deep goals may nest; reading one costs stack.
    public static let depthLimit = 16

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
        guard case .object = json else {
            reader.expected("the name of a gate, or a mapping", of: json)
            return nil
        }
        let depth = reader.path.parts.count { [.key("all"), .key("any"), .key("not")].contains($0) }
        guard depth <= Self.depthLimit else {
            reader.problem("Goals nest more than \(Self.depthLimit) deep.")
            return nil
        }
        guard let judge = Syntax(json, &reader)?.judge else { return nil }
        self = judge
    }
}

/// The keys that name a judge; a goal has more besides.
protocol JudgeSyntax: Fields {
    var gate: String? { get }
    var with: JSONValue? { get }
    var all: [Judge]? { get }
    var any: [Judge]? { get }
    var not: Judge? { get }
}

extension JudgeSyntax {
    /// The one judge that is named; `nil` when there is none, or more than one.
    var judge: Judge? { named.count == 1 ? named[0] : nil }

    private var named: [Judge] {
        let gate = gate.map { Judge.gate(ModuleID($0), with: with ?? [:]) }
        return [gate, all.map(Judge.all), any.map(Judge.any), not.map(Judge.not)].compactMap(\.self)
    }

    func check(_ reader: inout FieldReader) { checkJudge(&reader) }

    /// Notes why no judge, or more than one, is named.
    func checkJudge(_ reader: inout FieldReader) {
        if named.count != 1 {
            reader.problem("A goal names exactly one of 'gate', 'all', 'any' and 'not'; this one names \(named.count).")
        } else if with != nil, gate == nil {
            reader.problem(inKey: "with", "Settings under 'with' belong to a 'gate', and this goal names none.")
        } else if all?.isEmpty == true || any?.isEmpty == true {
            reader.problem("A goal of no goals cannot be judged: name at least one under 'all' or 'any'.")
        }
    }
}
