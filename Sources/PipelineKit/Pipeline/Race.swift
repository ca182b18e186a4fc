/// Several models at the same work, each in a place of its own: one of them wins, and its files are kept.
public struct Race: FieldValue, Hashable {
    /// Who wins, of those that hold the goal.
    public enum Rule: String, Choice {
        /// Whoever holds it first.
        case first
        /// Whoever spent least, of all that hold it in time.
        case cheapest
    }

    /// At least two; where two are equal, the one that stands further in front wins.
    public var models: [ModelName]
    public var win: Rule
    /// Until when the cheapest is waited for, from the beginning; whoever holds the goal first after that wins.
    public var within: Duration?

    public init(_ models: [ModelName], win: Rule = .first, within: Duration? = nil) {
        self.models = models
        self.win = win
        self.within = within
    }
}

extension Race {
    private struct Syntax: Fields {
        @Field("The models, two at least.") var models: [ModelName]
        @Field("Who wins, of those that hold the goal: the first, or the cheapest.") var win: Rule = .first
        @Field("How long the cheapest is waited for; as long as any of them works when left out.")
        var within: Duration? = nil
        init() {}

        func check(_ reader: inout FieldReader) {
            if within != nil, win == .first {
                reader.problem(inKey: "within", "'within' has a meaning with 'win: cheapest' alone.")
            }
            if let within, within <= .zero {
                reader.problem(inValueOf: "within", "must be more than nothing, but is 0s.")
            }
        }
    }

    /// How many may race.
    public static let most = 16

    public static var schema: ValueSchema { .oneOf([.list(ModelName.schema), Syntax.schema]) }

    public var json: JSONValue {
        var members: [String: JSONValue] = ["models": models.json, "win": win.json]
        members["within"] = within?.json
        return .object(members)
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .array = json {
            guard let models = [ModelName](json, &reader) else { return nil }
            self.init(models)
        } else {
            guard case .object = json else {
                reader.expected("a list of models, or a mapping of models, win and within", of: json)
                return nil
            }
            guard let syntax = Syntax(json, &reader) else { return nil }
            self.init(syntax.models, win: syntax.win, within: syntax.within)
        }
        guard (2...Self.most).contains(models.count) else {
            reader.problem("A race has from 2 to \(Self.most) models, but this one has \(models.count).")
            return nil
        }
    }
}
