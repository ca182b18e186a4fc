import PipelineKit
import Testing

/// Goals, as people write them and as runs record them.
struct GoalTests {
    static let goals: [(JSONValue, Goal)] = [
        ("pytest", Goal(.gate("pytest", with: [:]))),
        (["gate": "pytest"], Goal(.gate("pytest", with: [:]))),
        (["gate": "pytest", "with": .null], Goal(.gate("pytest", with: [:]))),
        (
            [
                "gate": "pytest", "with": ["args": ["-q"]], "editable": ["src/**"], "must_fail_first": true,
                "confirm": 2,
            ],
            Goal(.gate("pytest", with: ["args": ["-q"]]), editable: ["src/**"], mustFailFirst: true, confirm: 2)
        ),
        (["gate": "x", "protect": []], Goal(.gate("x", with: [:]), protect: [])),
        (
            ["all": ["pytest", ["any": ["a", ["not": "b"]]], ["gate": "c", "with": ["n": 1]]]],
            Goal(
                .all([
                    .gate("pytest", with: [:]), .any([.gate("a", with: [:]), .not(.gate("b", with: [:]))]),
                    .gate("c", with: ["n": 1]),
                ])
            )
        ),
    ]

    @Test(arguments: goals)
    func aGoalIsReadAndItsNormalFormReadsBackToItself(json: JSONValue, goal: Goal) {
        #expect(reading(Goal.self, json).value == goal)
        #expect(reading(Goal.self, goal.json).value == goal)
        #expect(reading(Goal.self, goal.json).value?.json == goal.json)
    }

    @Test func theNormalFormNamesTheGateAndItsSettings() {
        let json: JSONValue = ["gate": "pytest", "with": [:], "must_fail_first": false, "confirm": 1]
        #expect(reading(Goal.self, "pytest").value?.json == json)
    }

    @Test func theGatesOfAGoalAreFoundWithTheirPlaces() {
        let goal = reading(Goal.self, ["all": ["a", ["not": ["any": ["b", "c"]]]]]).value
        let gates = goal?.judge.gates(at: FieldPath([.key("goal")])) ?? []
        #expect(
            gates.map { "\($0.id) \($0.path)" } == [
                "a goal.all[0]", "b goal.all[1].not.any[0]", "c goal.all[1].not.any[1]",
            ]
        )
    }

    @Test(
        arguments: [
            (5, ["goal: Field 'goal' must be the name of a gate, or a mapping, but is 5."]),
            ([:], ["goal: A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names 0."]),
            (
                ["gate": "a", "all": ["b"]],
                ["goal: A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names 2."]
            ),
            (["all": []], ["goal: A goal of no goals cannot be judged: name at least one under 'all' or 'any'."]),
            (["any": []], ["goal: A goal of no goals cannot be judged: name at least one under 'all' or 'any'."]),
            (
                ["all": ["a", ["any": []]]],
                [
                    "goal.all[1]: A goal of no goals cannot be judged: name at least one under 'all' or 'any'."
                ]
            ),
            (
                ["all": ["a"], "with": ["n": 1]],
                [
                    "key goal.with: Settings under 'with' belong to a 'gate', and this goal names none."
                ]
            ),
            (["not": 5], ["goal.not: Field 'goal.not' must be the name of a gate, or a mapping, but is 5."]),
            (["gat": "pytest"], ["key goal.gat: Unknown field 'gat'. Did you mean 'gate'?"]),
            (["all": [["gate": "a", "confirm": 2]]], ["key goal.all[0].confirm: Unknown field 'confirm'."]),
            (
                ["gate": "a", "editable": ["x"], "protect": ["y"], "confirm": 0],
                [
                    "key goal.protect: Give 'editable' or 'protect', not both: each says what the other leaves.",
                    "goal.confirm: Field 'goal.confirm' must be from 1 to 100, but is 0.",
                ]
            ),
            (
                ["confirm": 101, "with": 1],
                [
                    "goal: A goal names exactly one of 'gate', 'all', 'any', 'not' and 'best'; this one names 0.",
                    "goal.confirm: Field 'goal.confirm' must be from 1 to 100, but is 101.",
                ]
            ),
        ] as [(JSONValue, [String])]
    )
    func aGoalThatCannotBeIsRefused(goal: JSONValue, expected: [String]) {
        #expect(mistakes(Pipeline.self, ["name": "x", "goal": goal]) == expected)
    }

    @Test func aGoalMayNestOnlySoDeep() {
        let limit = Judge.depthLimit
        let place = "goal" + String(repeating: ".all[0]", count: limit + 1)
        let results = SmallStack.run {
            let deepest = mistakes(Pipeline.self, ["name": "x", "goal": Self.nested(limit)])
            let deeper = mistakes(Pipeline.self, ["name": "x", "goal": Self.nested(limit + 2)])
            let endless = mistakes(Pipeline.self, ["name": "x", "goal": Self.nested(JSONValue.depthLimit - 2)])
            return (deepest + deeper + endless).joined(separator: "\n")
        }
        #expect(results == "\(place): Goals nest more than 16 deep.\n\(place): Goals nest more than 16 deep.")
    }

    private static func nested(_ depth: Int) -> JSONValue {
        (0..<depth).reduce("pytest") { goal, _ in ["all": [goal]] }
    }
}
