import PipelineKit
import Testing

/// The normal form of a group, and its description.
struct FieldWritingTests {
    @Test func theNormalFormHasEveryFieldAndItsDefault() throws {
        let json: JSONValue = [
            "command": "x", "max_tries": 3, "share": 0.5, "quiet": false, "mode": "fast", "args": [], "extra": [:],
            "servers": [["host": "a", "port": 80]], "named": [:], "limit": 10,
        ]
        #expect(try Settings(json: ["command": "x", "servers": [["host": "a"]]]).json == json)
    }

    @Test(
        arguments: [
            ["command": ""],
            ["command": "x", "limit": .null],
            ["command": "x", "extra": .null],
            ["command": "x", "default": .null, "main": .null],
            [
                "command": "x", "default": [.null], "main": ["host": "h"], "named": ["a": ["host": "b"]],
                "mode": "by_hand",
            ],
        ] as [JSONValue]
    )
    func theNormalFormReadsBackToItself(json: JSONValue) throws {
        let settings = try Settings(json: json)
        #expect(try Settings(json: settings.json) == settings)
        #expect(try Settings(json: settings.json).json == settings.json)
    }

    @Test func theNormalFormIsTheSameWhateverWasLeftOut() throws {
        let short = try Settings(json: ["command": "x"])
        let long = try Settings(json: ["command": "x", "max_tries": 3, "main": .null, "mode": "fast"])
        #expect(short == long)
        #expect(short.json.encoded() == long.json.encoded())
    }

    @Test func theSchemaSaysWhatIsTaken() throws {
        let schema = try JSONValue(
            parsing: """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["command"],
                  "properties": {
                    "command": {"type": "string", "description": "The command line."},
                    "max_tries": {"type": "integer", "description": "Attempts.", "default": 3},
                    "share": {"type": "number", "description": "Share of tests.", "default": 0.5},
                    "quiet": {"type": "boolean", "description": "Whether it is quiet.", "default": false},
                    "mode": {
                      "type": "string", "enum": ["fast", "thorough", "by_hand"], "description": "How.", "default": "fast"
                    },
                    "args": {"type": "array", "items": {"type": "string"}, "description": "Words.", "default": []},
                    "default": {"description": "What stands for nothing."},
                    "extra": {"description": "Anything.", "default": {}},
                    "main": {
                      "type": "object", "additionalProperties": false, "required": ["host"],
                      "properties": {
                        "host": {"type": "string", "description": "Where it listens."},
                        "port": {"type": "integer", "description": "Its port.", "default": 80}
                      },
                      "description": "The first server."
                    },
                    "servers": {
                      "type": "array",
                      "items": {
                        "type": "object", "additionalProperties": false, "required": ["host"],
                        "properties": {
                          "host": {"type": "string", "description": "Where it listens."},
                          "port": {"type": "integer", "description": "Its port.", "default": 80}
                        }
                      },
                      "description": "The servers.", "default": []
                    },
                    "named": {
                      "type": "object",
                      "additionalProperties": {
                        "type": "object", "additionalProperties": false, "required": ["host"],
                        "properties": {
                          "host": {"type": "string", "description": "Where it listens."},
                          "port": {"type": "integer", "description": "Its port.", "default": 80}
                        }
                      },
                      "description": "Servers by name.", "default": {}
                    },
                    "limit": {"type": "integer", "description": "A limit that can be lifted.", "default": 10}
                  }
                }
                """
        )
        #expect(Settings.schema.jsonSchema == schema)
    }

    @Test(
        arguments: [
            (Duration.schema, ["type": "string", "examples": ["30m"]], "time, such as 30m"),
            (Money.schema, ["type": "string", "examples": ["2.50 USD"]], "amount of money, such as 2.50 USD"),
            (
                TokenCount.schema, ["anyOf": [["type": "integer"], ["type": "string", "examples": ["400k"]]]],
                "whole number or number of tokens, such as 400k"
            ),
            ([Int].schema, ["type": "array", "items": ["type": "integer"]], "list of whole number"),
            (
                [String: Bool].schema, ["type": "object", "additionalProperties": ["type": "boolean"]],
                "mapping to true or false"
            ),
            (
                Settings.Mode.schema, ["type": "string", "enum": ["fast", "thorough", "by_hand"]],
                "fast | thorough | by_hand"
            ),
            (JSONValue.schema, [:], "anything"), (Judge.schema, ["$ref": "#/$defs/goal"], "goal"),
        ] as [(ValueSchema, JSONValue, String)]
    )
    func aSchemaIsWrittenForMachinesAndPeople(schema: ValueSchema, json: JSONValue, words: String) {
        #expect(schema.jsonSchema == json)
        #expect(schema.words == words)
    }

    @Test func fieldsStandInTheOrderTheyAreDeclaredIn() {
        #expect(Settings.fields.map(\.name).prefix(4) == ["command", "max_tries", "share", "quiet"])
        #expect(Settings.fields.filter(\.isRequired).map(\.name) == ["command"])
    }
}
