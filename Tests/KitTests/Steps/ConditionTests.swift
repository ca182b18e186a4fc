import PipelineTesting
import Testing

@testable import PipelineKit

/// The small language of conditions.
struct ConditionTests {
    private let values: [String: JSONValue] = [
        "steps.lint.passed": true, "steps.plan.empty": false, "steps.plan.kind": "bug", "steps.plan.count": 3,
        "steps.plan.tasks": ["a"], "inputs.deep": "", "inputs.none": .null,
    ]

    @Test(
        arguments: [
            ("steps.lint.passed and not steps.plan.empty", true), ("steps.plan.empty", false),
            ("steps.plan.kind == 'bug'", true), ("steps.plan.kind != \"bug\"", false),
            ("steps.plan.count == 3.0", true),
            ("steps.plan.count", true), ("steps.plan.tasks", true), ("inputs.deep", false), ("inputs.none", false),
            ("nothing.there", false), ("not nothing.there", true), ("true or false and false", true),
            ("(true or false) and false", false), ("not false and false", false), ("not (false and false)", true),
            ("1 == 1 and 'a' == 'a'", true), ("'a' == 1", false), ("nothing.there == inputs.none", true),
        ]
    )
    func itHoldsOrNot(text: String, holds: Bool) throws {
        let condition = try ConditionParser.parse(text)
        #expect(condition.holds { values[$0] } == holds)
    }

    @Test func whatIsNotKnownMayDecideNothing() throws {
        let known = { (name: String) -> JSONValue? in name == "a" ? true : name == "b" ? false : nil }
        for (text, truth) in [("a or x", true), ("b and x", false), ("a and x", nil), ("not x", nil), ("x == 1", nil)] {
            let condition = try ConditionParser.parse(text)
            #expect(condition.truth(known) == truth, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("a  and(b or not c)", "a and (b or not c)"), ("not (a == 'x')", "a != 'x'"), ("not not a", "not not a"),
            ("(a and b) and c", "a and b and c"), ("a and (b and c)", "a and (b and c)"),
            ("a == \"it's\"", "a == \"it's\""),
            ("not (a and b)", "not (a and b)"), ("(a or b) or c", "a or b or c"), ("-1.5 == a", "-1.5 == a"),
        ]
    )
    func itIsWrittenWithAsFewParenthesesAsItTakes(text: String, written: String) throws {
        let condition = try ConditionParser.parse(text)
        #expect(condition.description == written)
        let again = try ConditionParser.parse(written)
        #expect(again == condition)
    }

    @Test(
        arguments: [
            (
                "a and",
                "In the condition 'a and', a name such as 'steps.lint.passed', a text in quotes or a number is expected, but it ends there."
            ),
            ("a b", "In the condition 'a b', 'and', 'or' or the end is expected, but found 'b' at column 3."),
            (
                "",
                "In the condition '', a name such as 'steps.lint.passed', a text in quotes or a number is expected, but it ends there."
            ),
            ("(a", "In the condition '(a', ')', 'and' or 'or' is expected, but it ends there."),
            (
                "a && b",
                "In the condition 'a && b', '&' at column 3 means nothing. There are 'and', 'or', 'not', '==', '!=' and parentheses."
            ),
            ("a == 'x", "In the condition 'a == 'x', the text at column 6 has no end."),
            (
                "a == and",
                "In the condition 'a == and', a name such as 'steps.lint.passed', a text in quotes or a number is expected, but found 'and' at column 6."
            ),
            (
                "a..b",
                "In the condition 'a..b', a name such as 'steps.lint.passed', a text in quotes or a number is expected, but found 'a..b' at column 1."
            ),
            (
                "a 'x'",
                "In the condition 'a 'x'', 'and', 'or' or the end is expected, but found the text 'x' at column 3."
            ),
        ]
    )
    func whatIsWrongIsToldWithItsPlace(text: String, message: String) {
        let failure = #expect(throws: Failure.self) { try ConditionParser.parse(text) }
        #expect(failure?.message == message)
    }

    @Test func nestingAndLengthHaveAnEnd() {
        let deep = String(repeating: "(", count: 100_0) + "a"
        let failure = #expect(throws: Failure.self) { try ConditionParser.parse(deep) }
        #expect(failure?.message == "A condition nests at most 32 deep.")
        let long = #expect(throws: Failure.self) { try ConditionParser.parse(String(repeating: "a", count: 2_001)) }
        #expect(long?.message == "A condition may have 2000 characters, but this one has 2001.")
    }

    @Test func whateverIsMadeIsReadBackAsItself() throws {
        var dice = Dice(seed: 7)
        for _ in 0..<500 {
            let condition = Self.condition(&dice, depth: 5)
            let again = try ConditionParser.parse(condition.description)
            #expect(again == condition, "\(condition)")
        }
    }

    @Test func whateverIsReadTrapsNowhere() {
        var dice = Dice(seed: 8)
        let pieces = [
            "a", "steps.x.passed", "and", "or", "not", "(", ")", "==", "!=", "'t'", "\"", "1", "-", ".", "é", " ",
        ]
        for _ in 0..<3_000 {
            let text = (0..<dice.roll(0...12)).map { _ in dice.pick(pieces) }.joined(separator: dice.pick(["", " "]))
            guard let condition = try? ConditionParser.parse(text) else { continue }
            #expect((try? ConditionParser.parse(condition.description)) == condition, "\(text)")
        }
    }

    private static func condition(_ dice: inout Dice, depth: Int) -> Condition {
        let kind = depth == 0 ? dice.roll(0...1) : dice.roll(0...4)
        switch kind {
        case 0: return .value(operand(&dice))
        case 1: return .equal(operand(&dice), operand(&dice))
        case 2: return .not(condition(&dice, depth: depth - 1))
        case 3: return .and(condition(&dice, depth: depth - 1), condition(&dice, depth: depth - 1))
        default: return .or(condition(&dice, depth: depth - 1), condition(&dice, depth: depth - 1))
        }
    }

    private static func operand(_ dice: inout Dice) -> Condition.Operand {
        dice.pick([
            .name("steps.a.passed"), .name("inputs.x-y"), .constant(true), .constant("t"), .constant(12),
            .constant(-1.5),
        ])
    }
}
