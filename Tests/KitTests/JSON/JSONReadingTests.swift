import PipelineKit
import Testing

/// What the reader takes, and what it makes of it.
struct JSONReadingTests {
    @Test(
        arguments: [
            ("null", .null), (" true\r\n", true), ("\tfalse ", false),
            ("0", 0), ("-1", -1), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("1.0", 1.0), ("1e2", 100.0), ("1E+2", 100.0), ("-0", -0.0), ("0.1", 0.1), ("-2.5e-3", -0.0025),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
            ("-9223372036854775809", -9_223_372_036_854_775_808.0),
            ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("5e-324", .double(.leastNonzeroMagnitude)),
            ("1e-400", 0.0),
            ("[]", []), ("[ ]", []), ("{}", [:]), ("{ }", [:]), ("[[],{}]", [[], [:]]),
            ("[1, \"a\" ,null]", [1, "a", .null]), ("{\"a\": {\"b\": [1]}, \"\": 2}", ["a": ["b": [1]], "": 2]),
        ] as [(String, JSONValue)]
    )
    func aDocumentIsRead(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test func aNegativeZeroKeepsItsSign() throws {
        let zeros = try [JSONValue(parsing: "-0"), JSONValue(parsing: "-0.0")]
        #expect(zeros.allSatisfy { $0.number?.sign == .minus })
    }

    @Test(arguments: [
        (#""""#, ""), (#""aé€😀""#, "aé€😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\uDE00!""#, "😀!"), (#""\u0000""#, "\0"),
        (#""x\ny😀\\""#, "x\ny😀\\"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"), (#""\uffff\ue000""#, "\u{FFFF}\u{E000}"),
    ])
    func aStringIsRead(text: String, value: String) throws {
        #expect(try JSONValue(parsing: text).text?.unicodeScalars.elementsEqual(value.unicodeScalars) == true)
    }

    @Test func aDocumentOfExactlyTheLimitIsRead() throws {
        #expect(try JSONValue(parsing: "[10]", limit: 4) == [10])
    }

    @Test func aDocumentBeyondTheLimitIsRefused() {
        #expect(throws: JSONError("the document has 5 bytes, but at most 4 are taken", offset: 4, line: 1, column: 5)) {
            try JSONValue(parsing: "[100]", limit: 4)
        }
    }
}
