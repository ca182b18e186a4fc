/// What must become true for a run to end well, and what the work may change on the way there.
public struct Goal: FieldValue, Hashable {
    public var judge: Judge
    /// Only files that match may differ from the start when the goal is judged.
    public var editable: [String]?
    /// All files may differ but those that match.
    public var protect: [String]?
    /// Files that the goal is judged with, and that the work never sees.
    public var holdout: [String]
    /// A goal that already holds at the start ends the run as not achieved.
    public var mustFailFirst: Bool
    /// How many checks in a row must hold.
    public var confirm: Int

    public init(
        _ judge: Judge,
        editable: [String]? = nil,
        protect: [String]? = nil,
        holdout: [String] = [],
        mustFailFirst: Bool = false,
        confirm: Int = 1
    ) {
        self.judge = judge
        self.editable = editable
        self.protect = protect
        self.holdout = holdout
        self.mustFailFirst = mustFailFirst
        self.confirm = confirm
    }
}

extension Goal {
    private struct Syntax: JudgeSyntax {
        @Field("The gate that judges.") var gate: String? = nil
        @Field("The gate's settings.") var with: JSONValue? = nil
        @Field("Goals that must all hold.") var all: [Judge]? = nil
        @Field("Goals of which one must hold.") var any: [Judge]? = nil
        @Field("A goal that must not hold.") var not: Judge? = nil
        @Field("A goal whose score is to be as high as it can be.") var best: Judge? = nil
        @Field("Only these files may differ when the goal is judged.") var editable: [String]? = nil
        @Field("These files are what they were at the start when the goal is judged.") var protect: [String]? = nil
        @Field("These files judge the goal, and are nowhere where the model works.") var holdout: [String] = []
        @Field("Whether the goal has to fail at the start.") var mustFailFirst: Bool = false
        @Field("How many times in a row the goal must hold.") var confirm: Int = 1
        init() {}

        func check(_ reader: inout FieldReader) {
            checkJudge(&reader)
            if editable != nil, protect != nil {
                reader.problem(
                    inKey: "protect",
                    "Give 'editable' or 'protect', not both: each says what the other leaves."
                )
            }
            if judge?.bestIsInPlace == false {
                reader.problem(
                    "'best' stands once in a goal: alone, or as a part of its outermost 'all', whose other parts must hold."
                )
            } else if judge?.seeksBest == true, confirm > 1 {
                reader.problem(inKey: "confirm", "A score that is to be the best is judged once: take out 'confirm'.")
            }
            if !(1...100).contains(confirm) {
                reader.problem(inValueOf: "confirm", "must be from 1 to 100, but is \(confirm).")
            }
        }
    }

    public static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    public var json: JSONValue {
        var members = judge.json.members
        members["editable"] = editable?.json
        members["protect"] = protect?.json
        if !holdout.isEmpty { members["holdout"] = holdout.json }
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
        guard let syntax = Syntax(json, &reader), let judge = syntax.judge else { return nil }
        self.init(
            judge,
            editable: syntax.editable,
            protect: syntax.protect,
            holdout: syntax.holdout,
            mustFailFirst: syntax.mustFailFirst,
            confirm: syntax.confirm
        )
    }
}
