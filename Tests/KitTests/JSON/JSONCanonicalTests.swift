import PipelineKit
import Testing

/// The published examples of RFC 8785.
struct JSONCanonicalTests {
    /// Appendix B.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)]
    )
    func aNumberIsWrittenAsInECMAScript(bits: UInt64, text: String) {
        let number = JSONValue.double(Double(bitPattern: bits))
        #expect(String(decoding: number.encoded(.canonical), as: UTF8.self) == text)
    }

    @Test(
        arguments: [
            (1, "1"), (9_007_199_254_740_992, "9007199254740992"), (9_007_199_254_740_993, "9007199254740992"),
            (.int(.max), "9223372036854776000"), (.int(.min), "-9223372036854776000"), (1.0, "1"), (1e2, "100"),
            (12.5, "12.5"),
        ] as [(JSONValue, String)]
    )
    func aWholeNumberIsWhatADoubleHolds(value: JSONValue, text: String) {
        #expect(String(decoding: value.encoded(.canonical), as: UTF8.self) == text)
    }

    /// Section 3.2.2.
    @Test func theSampleDocumentIsWrittenAsPublished() throws {
        let sample = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let canonical = #"""
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
            """#
        #expect(try String(decoding: JSONValue(parsing: sample).encoded(.canonical), as: UTF8.self) == canonical)
    }

    /// Section 3.2.3.
    @Test func membersAreSortedAsPublished() throws {
        let sample = #"""
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """#
        let text = try String(decoding: JSONValue(parsing: sample).encoded(.canonical), as: UTF8.self)
        let canonical = [
            #""\r":"Carriage Return""#, #""1":"One""#, "\"\u{80}\":\"Control\"",
            "\"\u{F6}\":\"Latin Small Letter O With Diaeresis\"", "\"\u{20AC}\":\"Euro Sign\"",
            "\"\u{1F600}\":\"Emoji: Grinning Face\"", "\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"",
        ].joined(separator: ",")
        #expect(Array(text.unicodeScalars) == Array("{\(canonical)}".unicodeScalars))
    }
}
