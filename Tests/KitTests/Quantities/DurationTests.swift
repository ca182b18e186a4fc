import PipelineKit
import Testing

/// Times as people write them.
struct DurationTests {
    @Test(
        arguments: [
            ("0s", .zero, "0s"), ("500ms", .milliseconds(500), "500ms"), ("90s", .seconds(90), "1m30s"),
            ("30m", .seconds(1_800), "30m"), ("24h", .seconds(86_400), "1d"), ("2d", .seconds(172_800), "2d"),
            ("1h30m", .seconds(5_400), "1h30m"), ("1d1h1m1s1ms", .milliseconds(90_061_001), "1d1h1m1s1ms"),
            ("106751991167d", .seconds(106_751_991_167 * 86_400), "106751991167d"),
        ] as [(String, Duration, String)]
    )
    func aTimeIsReadAndWritten(text: String, duration: Duration, normal: String) {
        #expect(Duration(written: text) == duration)
        #expect(duration.written == normal)
        #expect(Duration(written: normal) == duration)
    }

    @Test(arguments: [
        "", "30", "m", "-1s", "+1s", "1.5h", "30 m", "1h 30m", "30min", "30M", "1h30", "٣s", "106751991168d",
        "99999999999999999999s", String(repeating: "9000000000d", count: 40),
    ])
    func whatIsNoTimeIsRefused(text: String) {
        let quoted = text.count > 80 ? text.prefix(80) + "…" : text[...]
        let message = "The value must be a time such as '90s', '30m' or '24h', but is \"\(quoted)\"."
        #expect(reading(Duration.self, .string(text)).messages == [message])
    }

    @Test(
        arguments: [
            (30, "30. Write the unit too: '30s' or '30m'."), (-1, "-1."), (1.5, "1.5."), (.null, "null."),
        ] as [(JSONValue, String)]
    )
    func aBareNumberIsRefusedWithTheUnitItLacks(json: JSONValue, end: String) {
        let message = "The value must be a time such as '90s', '30m' or '24h', but is \(end)"
        #expect(reading(Duration.self, json).messages == [message])
    }

    @Test func extremesAreWrittenAsTheNearestThatCanBe() {
        #expect(Duration.seconds(Int64.max).written == "106751991167d7h12m55s807ms")
        #expect(Duration.seconds(Int64.min).written == "0s")
        #expect(Duration.seconds(-5).written == "0s")
        #expect(Duration.microseconds(1_499).written == "1ms")
        #expect(Duration.microseconds(1_500).written == "2ms")
        #expect(Duration.nanoseconds(1).written == "0s")
    }
}
