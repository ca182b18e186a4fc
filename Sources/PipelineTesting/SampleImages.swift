public import PipelineKit

/// Images for tests: what stands at their beginnings, and nothing that shows anything.
public enum SampleImages {
    /// A PNG of this size whose bytes differ by `mark`, padded to `count` bytes.
    public static func png(_ width: Int = 640, _ height: Int = 480, mark: UInt8 = 0, count: Int = 64) -> [UInt8] {
        let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        let bytes = head + big(width, 4) + big(height, 4) + [8, 6, 0, 0, 0, mark]
        return bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
    }

    /// A JPEG with a segment before the frame, and a byte that fills.
    public static func jpeg(_ width: Int, _ height: Int) -> [UInt8] {
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xC2, 0, 11, 8] + big(height, 2) + big(width, 2) + [
            1, 1, 0x11, 0,
        ]
    }

    public static func gif(_ width: Int, _ height: Int) -> [UInt8] {
        Array("GIF89a".utf8) + big(width, 2).reversed() + big(height, 2).reversed() + [0, 0, 0]
    }

    /// In the extended form of WebP.
    public static func webp(_ width: Int, _ height: Int) -> [UInt8] {
        Array("RIFF".utf8) + [22, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0]
            + big(width - 1, 3).reversed() + big(height - 1, 3).reversed()
    }

    /// The image of ``png(_:_:mark:count:)``, as a message refers to it.
    public static func reference(mark: UInt8 = 0, count: Int = 64) -> ImageReference {
        ImageReference(.png, size: count, digest: "digest-\(mark)")
    }

    private static func big(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
