import PipelineKit
import Testing

/// What the reader refuses, with the words a person sees.
struct JSONRefusalTests {
    @Test(
        arguments: [
            ("", 0, "expected a value, but found the end of the document"),
            ("  ", 2, "expected a value, but found the end of the document"),
            ("True", 0, "expected a value, but found 'True'"),
            ("nul", 0, "expected a value, but found 'nul'"),
            ("NaN", 0, "expected a value, but found 'NaN'"),
            ("-Infinity", 1, "expected a digit after '-', but found 'Infinity'"),
            ("'a'", 0, "expected a value, but found a single quote"),
            ("é", 0, "expected a value, but found 'é'"),
            ("\u{FEFF}1", 0, "expected a value, but found a byte order mark"),
            ("\u{7}", 0, "expected a value, but found byte 0x07"),
            ("\u{A0}1", 0, "expected a value, but found '\u{A0}'"),
            ("1 2", 2, "expected nothing after the document, but found '2'"),
            ("1//", 1, "expected nothing after the document, but found '/'"),
            ("truex", 4, "expected nothing after the document, but found 'x'"),
            ("[1 2]", 3, "expected ',' or ']', but found '2'"),
            ("[1,]", 3, "expected a value, but found ']'"),
            ("[,1]", 1, "expected a value, but found ','"),
            ("[1}", 2, "expected ',' or ']', but found '}'"),
            ("[1", 2, "expected ',' or ']', but found the end of the document"),
            ("[", 1, "expected a value, but found the end of the document"),
            ("]", 0, "expected a value, but found ']'"),
            ("{", 1, "expected a key in double quotes or '}', but found the end of the document"),
            ("{a:1}", 1, "expected a key in double quotes or '}', but found 'a'"),
            (#"{"a" 1}"#, 5, #"expected ':' after the key "a", but found '1'"#),
            (#"{"a":}"#, 5, "expected a value, but found '}'"),
            (#"{"a":1]"#, 6, "expected ',' or '}', but found ']'"),
            (#"{"a":1,}"#, 7, "expected a key in double quotes, but found '}'"),
            (#"{"a":1,"b":2,"a":3}"#, 13, #"the key "a" stands twice in one object"#),
            (#"{"a":1,"\u0061":2}"#, 7, #"the key "a" stands twice in one object"#),
        ] as [(String, Int, String)]
    )
    func aStructureIsRefused(text: String, offset: Int, problem: String) {
        expectRefusal(of: Array(text.utf8), at: offset, problem)
    }

    @Test(
        arguments: [
            ("01", 0, "a number has no leading zeros"), ("-00.5", 1, "a number has no leading zeros"),
            ("+1", 0, "expected a value, but found '+'"), (".5", 0, "expected a value, but found '.'"),
            ("-", 1, "expected a digit after '-', but found the end of the document"),
            ("1.", 2, "expected a digit after '.', but found the end of the document"),
            ("1.e3", 2, "expected a digit after '.', but found 'e3'"),
            ("1e", 2, "expected a digit after the exponent's 'e', but found the end of the document"),
            ("1e+x", 3, "expected a digit after the exponent's 'e', but found 'x'"),
            ("0x10", 1, "expected nothing after the document, but found 'x10'"),
            ("[1e400]", 1, "the number 1e400 is too large for 64-bit floating point"),
            ("-1e309", 0, "the number -1e309 is too large for 64-bit floating point"),
            (
                "1" + String(repeating: "0", count: 400), 0,
                "the number 1\(String(repeating: "0", count: 39))… is too large for 64-bit floating point"
            ),
        ] as [(String, Int, String)]
    )
    func aNumberIsRefused(text: String, offset: Int, problem: String) {
        expectRefusal(of: Array(text.utf8), at: offset, problem)
    }

    @Test(
        arguments: [
            (#""a"#, 0, "the string that begins here has no closing quote"),
            (#""a\"#, 0, "the string that begins here has no closing quote"),
            (#""a\""#, 0, "the string that begins here has no closing quote"),
            ("\"a\nb\"", 2, "a control character in a string is written as an escape, here '\\n'"),
            ("\"\r\"", 1, "a control character in a string is written as an escape, here '\\r'"),
            ("\"\t\"", 1, "a control character in a string is written as an escape, here '\\t'"),
            ("\"\u{1B}\"", 1, "a control character in a string is written as an escape, here '\\u001B'"),
            (#""\x""#, 2, #"expected one of " \ / b f n r t u after '\', but found 'x'"#),
            (#""\u12g4""#, 5, #"expected four hexadecimal digits after '\u', but found 'g4'"#),
            (#""\u12"#, 0, "the string that begins here has no closing quote"),
            (#""\u12""#, 5, #"expected four hexadecimal digits after '\u', but found '"'"#),
            (#""\ud800""#, 1, #"'\ud800' is the first half of a character without its second half"#),
            (#""\ud800x""#, 1, #"'\ud800' is the first half of a character without its second half"#),
            (#""\ud800\n""#, 1, #"'\ud800' is the first half of a character without its second half"#),
            (#""\ud800\ud801""#, 1, #"'\ud800' is the first half of a character without its second half"#),
            (#""\ud800\u00""#, 11, #"expected four hexadecimal digits after '\u', but found '"'"#),
            (#""\uDC00""#, 1, #"'\uDC00' is the second half of a character without its first half"#),
        ] as [(String, Int, String)]
    )
    func aStringIsRefused(text: String, offset: Int, problem: String) {
        expectRefusal(of: Array(text.utf8), at: offset, problem)
    }

    /// Ill-formed sequences of table 3-7 of the Unicode standard, each inside a string.
    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE, 0x41],
        ] as [[UInt8]]
    )
    func aStringThatIsNotUTF8IsRefused(sequence: [UInt8]) {
        let bytes = Array("[\"ab".utf8) + sequence + Array("c\"]".utf8)
        let first = "0x" + String(sequence[0], radix: 16, uppercase: true)
        expectRefusal(of: bytes, at: 4, "the string is not UTF-8 from byte \(first) on")
        let escaped = Array("[\"\\n".utf8) + sequence + Array("c\"]".utf8)
        expectRefusal(of: escaped, at: 4, "the string is not UTF-8 from byte \(first) on")
    }

    @Test func aStrayByteOutsideAStringIsNamed() {
        expectRefusal(of: [0x5B, 0xC3, 0x5D], at: 1, "expected a value, but found byte 0xC3")
    }

    @Test func thePlaceIsCountedInLinesAndCharacters() throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\r\n  \"ké😀\": 1,\n  \"é\": oops\n}") }
        #expect(error == JSONError("expected a value, but found 'oops'", offset: 27, line: 3, column: 8))
        #expect(
            error?.description
                == "Not valid JSON at line 3, column 8 (byte 27): expected a value, but found 'oops'."
        )
    }

    private func expectRefusal(of bytes: [UInt8], at offset: Int, _ problem: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
        #expect(error?.problem == problem)
        #expect(error?.offset == offset)
    }
}
