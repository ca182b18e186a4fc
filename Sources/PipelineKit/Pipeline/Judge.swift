/// A gate, or gates put together.
public indirect enum Judge: Sendable, Hashable {
    case gate(ModuleID, with: JSONValue)
    case all([Judge])
    case any([Judge])
    case not(Judge)
    /// A gate that gives a score: the run goes on, and keeps the files that scored most.
    case best(Judge)

    /// Every gate in it, with its settings and where they stand below the goal.
    public func gates(at path: FieldPath) -> [(id: ModuleID, settings: JSONValue, path: FieldPath)] {
        switch self {
        case .gate(let id, let settings): [(id, settings, path)]
        case .all(let parts): parts.gates(at: path.appending("all"))
        case .any(let parts): parts.gates(at: path.appending("any"))
        case .not(let part): part.gates(at: path.appending("not"))
        case .best(let part): part.gates(at: path.appending("best"))
        }
    }

    /// Whether it is a score that is to be as high as it can be, alone or with others that hold.
    public var seeksBest: Bool { bests > 0 }

    /// How many parts are ``best(_:)``, at any depth.
    private var bests: Int {
        switch self {
        case .gate: 0
        case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.bests }
        case .not(let part): part.bests
        case .best(let part): 1 + part.bests
        }
    }

    /// Whether ``best(_:)`` stands where it has a meaning: once, outermost or as a part of an outermost `all`.
    var bestIsInPlace: Bool {
        switch self {
        case .best(let part): !part.seeksBest
        case .all(let parts): bests <= 1 && parts.allSatisfy { !$0.seeksBest || $0.isBest && $0.bestIsInPlace }
        default: !seeksBest
        }
    }

    /// Whether it is ``best(_:)`` itself.
    public var isBest: Bool { if case .best = self { true } else { false } }
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
        @Field("A goal whose score is to be as high as it can be.") var best: Judge? = nil
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
        case .best(let part): ["best": part.json]
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
        let depth = reader.path.parts.count { [.key("all"), .key("any"), .key("not"), .key("best")].contains($0) }
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
    var best: Judge? { get }
}

extension JudgeSyntax {
    /// The one judge that is named; `nil` when there is none, or more than one.
    var judge: Judge? { named.count == 1 ? named[0] : nil }

    private var named: [Judge] {
        let gate = gate.map { Judge.gate(ModuleID($0), with: with ?? [:]) }
        let composed = [all.map(Judge.all), any.map(Judge.any), not.map(Judge.not), best.map(Judge.best)]
        return ([gate] + composed).compactMap(\.self)
    }

    func check(_ reader: inout FieldReader) { checkJudge(&reader) }

    /// Notes why no judge, or more than one, is named.
    func checkJudge(_ reader: inout FieldReader) {
        if named.count != 1 {
            reader.problem(
                "A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names \(named.count)."
            )
        } else if with != nil, gate == nil {
            reader.problem(inKey: "with", "Settings under 'with' belong to a 'gate', and this goal names none.")
        } else if all?.isEmpty == true || any?.isEmpty == true {
            reader.problem("A goal of no goals cannot be judged: name at least one under 'all' or 'any'.")
        }
    }
}
