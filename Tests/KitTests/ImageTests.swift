import PipelineKit
import PipelineTesting
import Testing

/// Images, told by their first bytes.
struct ImageTests {
    static let kinds: [(bytes: [UInt8], type: Image.MediaType)] = [
        (SampleImages.png(300, 200), .png), (SampleImages.jpeg(300, 200), .jpeg), (SampleImages.gif(300, 200), .gif),
        (SampleImages.webp(300, 200), .webp),
        // The simple forms of WebP: a frame of VP8, and one without loss, whose sizes are packed into 28 bits.
        (
            Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8 ".utf8)
                + [10, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 44, 0x41, 200, 0x40], .webp
        ),
        (
            Array("RIFF".utf8) + [13, 0, 0, 0] + Array("WEBPVP8L".utf8) + [5, 0, 0, 0, 0x2F]
                + [0x2B, 0xC1, 0x31, 0x00], .webp
        ),
    ]

    @Test(arguments: kinds) func itsKindAndSizeAreFound(bytes: [UInt8], type: Image.MediaType) throws {
        let image = try #require(Image(bytes))
        #expect(image.mediaType == type && image.width == 300 && image.height == 200)
        #expect(image.words == "\(type.rawValue), 300 x 200, \(bytes.count) bytes" && image.problem == nil)
    }

    /// Whatever is read, it is an image or none, and nothing else happens.
    @Test(arguments: kinds) func aDamagedOneIsNoneAndNeverTraps(bytes: [UInt8], type: Image.MediaType) {
        let needed = bytes.indices.filter { Image(Array(bytes[..<$0])) == nil }
        #expect(needed.count >= 10, "without its size it is none")
        var dice = Dice(seed: 3)
        for _ in 0..<2_000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<damaged.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            if let image = Image(damaged) { #expect(image.width > 0 && image.height > 0) }
        }
    }

    @Test(arguments: [
        [], Array("# A title".utf8), SampleImages.png(0, 5), SampleImages.gif(5, 0), [0xFF, 0xD8, 0xFF, 0xD9, 0, 2],
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0xFF], [0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFF],
    ])
    func whatIsNoneIsNone(bytes: [UInt8]) { #expect(Image(bytes) == nil) }

    @Test func whatNoModelIsShownSaysWhy() throws {
        let wide = try #require(Image(SampleImages.png(8_001, 2)))
        #expect(wide.problem == "has 8001 x 2 pixels, and at most 8000 of a side are shown")
        let large = try #require(Image(SampleImages.png(count: 5_000_001)))
        #expect(large.problem == "has 5000001 bytes, and at most 5000000 are shown")
    }

    @Test func itIsWrittenInBase64() throws {
        let image = try #require(Image(SampleImages.gif(1, 1)))
        #expect(image.dataURL == "data:image/gif;base64,R0lGODlhAQABAAAAAA==")
    }
}
