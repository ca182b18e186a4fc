import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// Moments, written and read to the millisecond.
struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_795_253_400_250, "2026-11-21T09:30:00.250Z"),
        (1_795_253_400_001, "2026-11-21T09:30:00.001Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func aMomentIsWrittenAndRead(milliseconds: Int, text: String) {
        let instant = Instant(milliseconds: milliseconds)
        #expect(instant.description == text)
        #expect(Instant(text) == instant)
    }

    @Test(arguments: [
        ("2026-11-21T09:30:00Z", "2026-11-21T09:30:00.000Z"), ("2026-11-21t09:30:00.2509z", "2026-11-21T09:30:00.250Z"),
        ("2026-11-21T10:30:00.25+01:00", "2026-11-21T09:30:00.250Z"),
        ("2026-11-21T00:00:00-09:30", "2026-11-21T09:30:00.000Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("2024-02-29T12:00:00.1Z", "2024-02-29T12:00:00.100Z"),
    ])
    func everyFormOfRFC3339IsRead(text: String, normal: String) {
        #expect(Instant(text)?.description == normal)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21 09:30:00Z", "2026-11-21T09:30Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00ZZ",
        "+026-01-01T00:00:00Z", "2026-1-01T00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", "26-01-01T00:00:00Z",
    ])
    func whatIsNoMomentIsRefused(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func everySecondAgreesWithFoundation() {
        var dice = Dice(seed: 9)
        let style = Date.ISO8601FormatStyle()
        for _ in 0..<2_000 {
            let seconds = dice.roll(-62_135_596_800...253_402_300_799)
            let instant = Instant(milliseconds: seconds * 1_000)
            // Foundation changes to the Julian calendar before 1582-10-15, RFC 3339 does not.
            guard seconds > -12_219_292_800 else { continue }
            #expect(instant.description.replacing(".000Z", with: "Z") == instant.date.formatted(style))
        }
    }

    @Test func everyMomentReadsBackToItself() {
        var dice = Dice(seed: 10)
        for _ in 0..<5_000 {
            let instant = Instant(milliseconds: dice.roll(-62_167_219_200_000...253_402_300_799_999))
            #expect(Instant(instant.description) == instant)
            #expect(Instant(instant.date).milliseconds - instant.milliseconds <= 0)
        }
    }

    @Test func extremesAreTheNearestThatCanBe() {
        let last = Instant(milliseconds: .max)
        #expect(last.description == "+292278994-08-17T07:12:55.807Z")
        #expect(Instant(milliseconds: .min).description == "-292275055-05-16T16:47:04.192Z")
        #expect(last + .seconds(1) == last)
        #expect(Instant(milliseconds: 0) + .seconds(Int64.max) == last)
        #expect(last - Instant(milliseconds: .min) > .seconds(Int64.max / 1_000))
        #expect(Instant(Date(timeIntervalSince1970: .infinity)) == last)
        #expect(Instant(Date(timeIntervalSince1970: -1e300)).milliseconds == .min)
        #expect(Instant(milliseconds: 250) - Instant(milliseconds: 1_000) == .milliseconds(-750))
        #expect(Instant(milliseconds: 1_000) + .milliseconds(-250) == Instant(milliseconds: 750))
    }
}
