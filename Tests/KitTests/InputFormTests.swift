import PipelineKit
import Testing

/// What a person can be asked to fill in, and what of it is an answer.
struct InputFormTests {
    private static let whole = InputForm([
        InputField("name", .text(nil, length: 1...20), title: "Your name"),
        InputField("mail", .text(.email), isRequired: false),
        InputField("page", .text(.uri), isRequired: false),
        InputField("day", .text(.date), isRequired: false),
        InputField("moment", .text(.dateTime), isRequired: false),
        InputField("count", .integer(1...9), help: "How many.", standard: 3),
        InputField("share", .number(0...(.infinity)), isRequired: false),
        InputField("sure", .boolean),
        InputField("color", .choice([.init("r", title: "Red"), .init("b", title: "Blue")])),
        InputField("sizes", .choices([.init("s"), .init("m"), .init("l")], count: 1...2), isRequired: false),
    ])

    @Test func aFormReadsBackFromItsSchema() throws {
        let read = try InputForm(schema: Self.whole.schema)
        #expect(Set(read.fields) == Set(Self.whole.fields))
        #expect(read.schema == Self.whole.schema)
        #expect(try InputForm(schema: InputForm.text.schema) == .text)
        #expect(try InputForm(schema: ["type": "object"]) == .nothing)
    }

    @Test func whatIsRequiredComesFirst() {
        #expect(Self.whole.fields.map(\.name).prefix(4) == ["name", "count", "sure", "color"])
    }

    @Test func anOlderServersNamesOfChoicesAreTheirTitles() throws {
        let schema: JSONValue = [
            "properties": ["size": ["type": "string", "enum": ["s", "m"], "enumNames": ["Small", "Medium"]]]
        ]
        let options = [InputField.Option("s", title: "Small"), InputField.Option("m", title: "Medium")]
        #expect(try InputForm(schema: schema).fields.map(\.kind) == [.choice(options)])
    }

    @Test(arguments: ["object", "null", "array"])
    func whatNobodyCanFillInIsNoForm(type: String) {
        let schema: JSONValue = ["properties": ["x": ["type": .string(type)]]]
        let problem = #expect(throws: FieldProblem.self) { _ = try InputForm(schema: schema) }
        #expect(
            problem?.message
                == "Nobody can be asked for 'x': its type is \"\(type)\", and only texts, numbers, yes or no, and choices can be."
        )
    }

    @Test(
        arguments: [
            ("name", "Ada", nil), ("name", "", "must be text, 1 to 20 characters, but is \"\"."),
            ("mail", "ada@example.org", nil), ("mail", "ada", "must be an e-mail address, but is \"ada\"."),
            ("page", "https://example.org/a", nil),
            ("page", "example", "must be an address such as https://example.org, but is \"example\"."),
            ("day", "2026-02-28", nil),
            ("day", "2026-02-30", "must be a date such as 2026-01-31, but is \"2026-02-30\"."),
            ("moment", "2026-01-31T12:00:00+01:00", nil),
            ("moment", "noon", "must be a moment such as 2026-01-31T12:00:00Z, but is \"noon\"."),
            ("count", " 7 ", nil), ("count", "0", "must be a whole number from 1 to 9, but is 0."),
            ("count", "x", "must be a whole number from 1 to 9, but is \"x\"."),
            ("share", "0.5", nil), ("share", "-1", "must be a number at least 0, but is -1.0."),
            ("sure", "yes", nil), ("sure", "N", nil), ("sure", "maybe", "must be yes or no, but is \"maybe\"."),
            ("color", "r", nil), ("color", "blue", nil), ("color", "bl", nil), ("sizes", "S,l", nil),
            ("color", "green", "must be one of r (Red), b (Blue), but is \"green\"."),
            ("sizes", "s, L", nil),
            ("sizes", "s,m,l", "must be 1 to 2 of s, m, l, with commas between them, but is a list."),
            ("sizes", "s,s", "must be 1 to 2 of s, m, l, with commas between them, but is a list."),
        ] as [(String, String, String?)]
    )
    func whatAPersonTypesIsReadAsItsFieldMeansIt(name: String, typed: String, problem: String?) throws {
        let field = try #require(Self.whole.fields.first { $0.name == name })
        #expect(field.problem(with: field.value(typed: typed)) == problem)
    }

    @Test func whatIsLeftOutIsTheDefault() throws {
        let answer: JSONValue = ["name": "Ada", "sure": true, "color": "b"]
        #expect(try Self.whole.read(answer) == ["name": "Ada", "sure": true, "color": "b", "count": 3])
    }

    @Test func everyMistakeIsToldAtOnce() {
        let problems = #expect(throws: FieldProblems.self) {
            _ = try Self.whole.read(["name": 4, "sure": "yes", "colour": "b"])
        }
        #expect(
            problems?.all.map(\.message) == [
                "'colour' is not asked for. Did you mean 'color'?",
                "'name' must be text, 1 to 20 characters, but is 4.",
                "'sure' must be yes or no, but is \"yes\".",
                "'color' is missing: one of r (Red), b (Blue).",
            ]
        )
    }

    @Test func aTextAloneAnswersTheOneThingThatIsAskedFor() throws {
        #expect(try InputForm.text.read("tabs") == ["answer": "tabs"])
        let choice = InputForm([InputField("size", .choice([.init("s", title: "Small"), .init("m")]))])
        #expect(try choice.read("small") == ["size": "s"])
    }

    @Test func aCommandLineNamesFieldsOrGivesJSON() throws {
        let words = ["name=Ada", "sure=y", "color=red", "count=2"]
        let typed: JSONValue = ["name": "Ada", "sure": true, "color": "r", "count": 2]
        #expect(try Self.whole.answer(typed: words) == typed)
        #expect(try Self.whole.answer(typed: [#"{"name": "Ada"}"#]) == ["name": "Ada"])
        #expect(try InputForm.text.answer(typed: ["a=b"]) == "a=b")
        #expect(try InputForm.text.answer(typed: ["answer=b"]) == ["answer": "b"])
        let problems = #expect(throws: FieldProblems.self) { _ = try Self.whole.answer(typed: ["Ada"]) }
        #expect(
            problems?.all.map(\.message) == [
                "Several things are asked for. Write each with its name: "
                    + Self.whole.fields.map { "\($0.name)=..." }.joined(separator: ", ") + "."
            ]
        )
    }
}
