import PipelineKit
import Testing

/// What the writer makes of a value.
struct JSONWritingTests {
    @Test(
        arguments: [
            (.null, "null"), (true, "true"), (0, "0"), (.int(.min), "-9223372036854775808"), (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"), (1e16, "1e+16"), (100_000.0, "100000.0"), ("", "\"\""), ([], "[]"), ([:], "{}"),
            (["b": 1, "a": [true, .null]], #"{"a":[true,null],"b":1}"#),
            ("\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é😀", #""\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7F}é😀\""),
        ] as [(JSONValue, String)]
    )
    func aValueIsWrittenCompactly(value: JSONValue, text: String) {
        #expect(value.jsonText == text)
    }

    @Test func whatJSONHasNoNumberForIsWrittenAsAName() {
        let value: JSONValue = [.double(.nan), .double(.infinity), .double(-.infinity)]
        #expect(value.jsonText == #"["NaN","Infinity","-Infinity"]"#)
        #expect(value.encoded(.canonical) == value.encoded())
    }

    @Test func prettyTextIsIndentedByTwo() {
        let value: JSONValue = ["b": [1, [], ["x": [:]]], "a": "é"]
        let text = """
            {
              "a": "é",
              "b": [
                1,
                [],
                {
                  "x": {}
                }
              ]
            }
            """
        #expect(String(decoding: value.encoded(.pretty), as: UTF8.self) == text)
    }

    @Test func membersStandInTheOrderOfUTF16() {
        let keys = ["\u{10000}", "\u{E000}", "\u{FFFF}", "\u{D7FF}", "", "a", "aa", "é", "😀", "\u{10FFFF}", "b"]
        let members = Dictionary(uniqueKeysWithValues: keys.map { ($0, JSONValue.null) })
        let sorted = keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
        let text = "{" + sorted.map { "\"\($0)\":null" }.joined(separator: ",") + "}"
        #expect(JSONValue.object(members).jsonText == text)
    }

    @Test func aWriterKeepsTheCallersOrder() {
        var writer = JSONWriter()
        writer.object {
            $0.member("tool", "bash_exec")
            $0.member("exit", Int?.none)
            $0.member("status", 1)
            $0.member("seconds", 0.5)
            $0.member("is_error", false)
            $0.member("arguments", ["b": 1, "a": 2] as JSONValue)
            $0.member("lines") {
                $0.array {
                    $0.write("x")
                    $0.writeNull()
                    $0.object { _ in }
                }
            }
        }
        let text = """
            {"tool":"bash_exec","status":1,"seconds":0.5,"is_error":false,"arguments":{"a":2,"b":1},"lines":["x",null,{}]}
            """
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }
}
