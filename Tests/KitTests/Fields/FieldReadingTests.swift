import PipelineKit
import Testing

/// Groups of fields, read strictly.
struct FieldReadingTests {
    @Test func aFieldThatIsLeftOutHasItsDefault() throws {
        let settings = try Settings(json: ["command": "pytest"])
        #expect(settings.command == "pytest")
        #expect(settings.maxTries == 3)
        #expect(settings.limit == 10)
        #expect(settings.main == nil)
    }

    @Test func everyFieldIsReadByItsNameInSnakeCase() throws {
        let settings = try Settings(json: [
            "command": "pytest", "max_tries": 5, "share": 1, "quiet": true, "mode": "by_hand", "args": ["-q"],
            "default": "none", "extra": [1], "main": ["host": "a"], "servers": [["host": "b", "port": 81]],
            "named": ["x": ["host": "c"]], "limit": .null,
        ])
        #expect(settings.maxTries == 5)
        #expect(settings.share == 1)
        #expect(settings.quiet)
        #expect(settings.mode == .byHand)
        #expect(settings.args == ["-q"])
        #expect(settings.default == "none")
        #expect(settings.extra == [1])
        #expect(settings.main?.host == "a")
        #expect(settings.servers.map(\.port) == [81])
        #expect(settings.named["x"]?.port == 80)
        #expect(settings.limit == nil)
    }

    @Test(
        arguments: [
            (["command": 5], ["command: Field 'command' must be text, but is 5."]),
            (["command": .null], ["command: Field 'command' must be text, but is null."]),
            (["command": ["a"]], ["command: Field 'command' must be text, but is a list."]),
            (
                ["command": "x", "max_tries": "soon"],
                ["max_tries: Field 'max_tries' must be a whole number, but is \"soon\"."]
            ),
            (["command": "x", "max_tries": 1.5], ["max_tries: Field 'max_tries' must be a whole number, but is 1.5."]),
            (["command": "x", "share": "half"], ["share: Field 'share' must be a number, but is \"half\"."]),
            (["command": "x", "quiet": 1], ["quiet: Field 'quiet' must be true or false, but is 1."]),
            (["command": "x", "args": "-q"], ["args: Field 'args' must be a list, but is \"-q\"."]),
            (
                ["command": "x", "args": ["-q", 2, 3]],
                [
                    "args[1]: Field 'args[1]' must be text, but is 2.",
                    "args[2]: Field 'args[2]' must be text, but is 3.",
                ]
            ),
            (["command": "x", "named": []], ["named: Field 'named' must be a mapping, but is a list."]),
            (["command": "x", "main": true], ["main: Field 'main' must be a mapping, but is true."]),
            (
                ["command": "x", "mode": "thorugh"],
                [
                    "mode: Field 'mode' must be one of fast, thorough, by_hand, but is \"thorugh\". Did you mean 'thorough'?"
                ]
            ),
            (["command": "x", "mode": 1], ["mode: Field 'mode' must be one of fast, thorough, by_hand, but is 1."]),
            ([:], [": Missing required field 'command': The command line."]),
            ([], [": The value must be a mapping, but is a list."]),
            (["command": "x", "quite": true], ["key quite: Unknown field 'quite'. Did you mean 'quiet'?"]),
            (["command": "x", "maxTries": 1], ["key maxTries: Unknown field 'maxTries'. Did you mean 'max_tries'?"]),
            (["command": "x", "zzz": 1], ["key zzz: Unknown field 'zzz'."]),
        ] as [(JSONValue, [String])]
    )
    func aMistakeIsNamed(json: JSONValue, expected: [String]) {
        #expect(mistakes(Settings.self, json) == expected)
    }

    @Test func allMistakesAreToldAtOnceWithTheirPlaces() {
        let json: JSONValue = [
            "comand": "pytest", "max_tries": "many", "main": ["port": "x"],
            "servers": [["host": "a"], ["hots": "b"], 5], "named": ["b": ["port": 1], "a": ["host": .null]],
        ]
        let expected = [
            "key comand: Unknown field 'comand'. Did you mean 'command'?",
            "max_tries: Field 'max_tries' must be a whole number, but is \"many\".",
            "main: Missing required field 'host': Where it listens.",
            "main.port: Field 'main.port' must be a whole number, but is \"x\".",
            "key servers[1].hots: Unknown field 'hots'. Did you mean 'host'?",
            "servers[2]: Field 'servers[2]' must be a mapping, but is 5.",
            "named.a.host: Field 'named.a.host' must be text, but is null.",
            "named.b: Missing required field 'host': Where it listens.",
        ]
        #expect(mistakes(Settings.self, json) == expected)
    }

    @Test func allMistakesMakeOneFailure() {
        let problems = #expect(throws: FieldProblems.self) { try Settings(json: ["command": 1, "max_tires": 1]) }
        let message = "Unknown field 'max_tires'. Did you mean 'max_tries'? Field 'command' must be text, but is 1."
        #expect(problems?.failure == Failure(.invalidInput, message))
    }

    @Test func aLongValueIsQuotedInPart() {
        let long = String(repeating: "é", count: 5_000)
        let quoted = String(repeating: "é", count: 80) + "…"
        #expect(
            mistakes(Settings.self, ["command": "x", "max_tries": .string(long), long: 1]) == [
                "key \(long): Unknown field '\(quoted)'.",
                "max_tries: Field 'max_tries' must be a whole number, but is \"\(quoted)\".",
            ]
        )
    }

    @Test func whatNoFieldCanSeeAloneIsChecked() throws {
        let messages = mistakes(Ranges.self, ["all": [["low": 1, "high": 2], ["low": 3, "high": 2], ["low": "x"]]])
        #expect(
            messages == [
                "all[1].low: Field 'all[1].low' must not exceed 'high', but is 3.",
                "all[2].low: Field 'all[2].low' must be a whole number, but is \"x\".",
            ]
        )
        #expect(try Ranges(json: ["all": [["high": 2]]]).all.map(\.high) == [2])
    }
}
