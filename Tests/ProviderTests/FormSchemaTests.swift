import PipelineKit
import ProviderKit
import Testing

/// Schemas in the part of the language that vendors take.
struct FormSchemaTests {
    static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "holds": ["type": "boolean"],
            "seconds": ["type": "integer", "description": "Seconds.", "minimum": 1, "default": 5],
            "kind": ["const": "a"],
            "files": ["type": "array", "items": ["$ref": "#/$defs/file", "description": "One."]],
            "note": ["type": ["string", "null"]],
        ],
        "required": ["holds", "kind"],
        "$defs": ["file": ["type": "object", "properties": ["path": ["type": "string"]]]],
    ]

    static let note: JSONValue = ["anyOf": [["type": "string"], ["type": "null"]]]
    static let seconds: JSONValue = ["type": "integer", "description": "Seconds. (default: 5, minimum: 1)"]
    static let files: JSONValue = ["type": "array", "items": ["$ref": "#/$defs/file"]]

    @Test func everyObjectIsClosed() {
        let expected: JSONValue = [
            "type": "object", "additionalProperties": false, "required": ["holds", "kind"],
            "properties": [
                "holds": ["type": "boolean"], "seconds": Self.seconds, "kind": ["enum": ["a"]], "files": Self.files,
                "note": Self.note,
            ],
            "$defs": [
                "file": ["type": "object", "additionalProperties": false, "properties": ["path": ["type": "string"]]]
            ],
        ]
        #expect(FormSchema(Self.schema).closed(requiringAll: false) == expected)
    }

    @Test func whereAllIsRequiredWhatMayBeLeftOutMayBeNull() throws {
        let closed = try #require(FormSchema(Self.schema).closed(requiringAll: true))
        #expect(closed["required"] == ["files", "holds", "kind", "note", "seconds"])
        #expect(closed["properties"]?["seconds"] == ["anyOf": [Self.seconds, ["type": "null"]]])
        #expect(closed["properties"]?["note"] == Self.note)
        #expect(closed["properties"]?["holds"] == ["type": "boolean"])
        let file = closed["$defs"]?["file"]
        #expect(file?["required"] == ["path"])
        #expect(file?["properties"]?["path"] == ["anyOf": [["type": "string"], ["type": "null"]]])
        #expect(FormSchema(closed).closed(requiringAll: true) == closed, "what is closed stays as it is")
    }

    @Test(
        arguments: [
            ["type": "array", "items": ["type": "string"]], ["type": "object"], [:],
            ["type": "object", "properties": ["a": ["type": "object", "additionalProperties": ["type": "string"]]]],
            ["type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": true],
            ["type": "object", "properties": ["a": ["description": "Anything."]]],
            ["type": "object", "properties": ["a": ["type": "array"]]],
            ["type": "object", "properties": ["a": ["allOf": [["type": "string"]], "type": "string"]]],
        ] as [JSONValue]
    )
    func whatCannotBeClosedIsNot(schema: JSONValue) {
        #expect(FormSchema(schema).closed(requiringAll: true) == nil)
        #expect(FormSchema(schema).closed(requiringAll: false) == nil)
    }

    @Test func aPlainSchemaStaysOpen() {
        let open: JSONValue = ["type": "object", "additionalProperties": ["type": "string"], "maxProperties": 3]
        let plain = FormSchema(open).plain
        #expect(plain["additionalProperties"] == ["type": "string"] && plain["description"] == "(maxProperties: 3)")
    }
}
