import PipelineKit
import Testing

/// Sizes and numbers of tokens.
struct CountTests {
    @Test(arguments: [
        ("0 B", 0, "0 B"), ("10 MB", 10_000_000, "10 MB"), ("10MB", 10_000_000, "10 MB"), ("512 kB", 512_000, "512 kB"),
        ("1 GiB", 1_073_741_824, "1 GiB"), ("500 KiB", 512_000, "512 kB"), ("1000 MiB", 1_048_576_000, "1000 MiB"),
        ("1024 KiB", 1_048_576, "1 MiB"), ("1500 B", 1_500, "1500 B"),
        ("1000 kB", 1_000_000, "1 MB"), ("2 GB", 2_000_000_000, "2 GB"),
        ("9223372036854775807 B", .max, "9223372036854775807 B"),
    ])
    func aSizeIsReadAndWritten(text: String, bytes: Int, normal: String) {
        #expect(ByteCount(text)?.bytes == bytes)
        #expect(ByteCount(text)?.description == normal)
        #expect(ByteCount(normal)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "MB", "10", "-1 B", "+1 B", "1.5 MB", "10 mb", "10 TB", "9223372036854775807 kB", "٣ B", "1 B B",
    ])
    func whatIsNoSizeIsRefused(text: String) {
        let message = "The value must be a size such as '10 MB', but is \"\(text)\"."
        #expect(reading(ByteCount.self, .string(text)).messages == [message])
    }

    @Test(
        arguments: [
            (10, "10. Write the unit too: '10 B' or '10 MB'."), (-1, "-1."), (1.5, "1.5."), ([], "a list."),
        ] as [(JSONValue, String)]
    )
    func aSizeWithoutAUnitIsRefused(json: JSONValue, end: String) {
        #expect(reading(ByteCount.self, json).messages == ["The value must be a size such as '10 MB', but is \(end)"])
    }

    @Test(
        arguments: [
            ("400k", 400_000, "400k"), ("1.5M", 1_500_000, "1500k"), ("16000", 16_000, "16k"), ("999", 999, "999"),
            (0, 0, "0"), (2_000_000, 2_000_000, "2M"), ("0.001k", 1, "1"), (1_234, 1_234, "1234"),
            ("9223372036854775.807k", .max, "9223372036854775807"),
        ] as [(JSONValue, Int, String)]
    )
    func aNumberOfTokensIsReadAndWritten(json: JSONValue, tokens: Int, normal: String) {
        let count = reading(TokenCount.self, json).value
        #expect(count?.tokens == tokens)
        #expect(count?.json == .string(normal))
        #expect(reading(TokenCount.self, .string(normal)).value == count)
    }

    @Test(
        arguments: [
            ("", #""""#), ("k", #""k""#), ("-5", #""-5""#), ("+5", #""+5""#), ("1.2345k", #""1.2345k""#),
            (".5k", #"".5k""#),
            ("1.k", #""1.k""#), ("5K", #""5K""#), ("1.5", #""1.5""#),
            ("9223372036854775808", #""9223372036854775808""#),
            ("1e3k", #""1e3k""#), (-1, "-1"), (1.5, "1.5"), (true, "true"),
        ] as [(JSONValue, String)]
    )
    func whatIsNoNumberOfTokensIsRefused(json: JSONValue, quoted: String) {
        let message = "The value must be a number of tokens such as '400k', but is \(quoted)."
        #expect(reading(TokenCount.self, json).messages == [message])
    }
}
