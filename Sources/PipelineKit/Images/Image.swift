import FoundationEssentials

/// An image in one of the formats that models are shown.
public struct Image: Sendable, Hashable {
    public enum MediaType: String, Sendable, Hashable, CaseIterable {
        case png = "image/png"
        case jpeg = "image/jpeg"
        case gif = "image/gif"
        case webp = "image/webp"
    }

    public let mediaType: MediaType
    public let bytes: [UInt8]
    /// In pixels, as the first bytes tell it.
    public let width: Int
    public let height: Int

    /// Bytes of an image that a tool may return; as much as any vendor is known to take of one in base64 (5 MB, Anthropic).
    public static let mostBytes = 5_000_000
    /// Pixels of a side; a longer one is refused (<https://platform.claude.com/docs/en/build-with-claude/vision>).
    public static let mostPixels = 8_000

    /// - Returns: `nil` for bytes that do not begin as one of the formats does, or that name a size no image has.
    public init?(_ bytes: [UInt8]) {
        let header = ImageHeader(bytes)
        guard let (mediaType, width, height) = header.png ?? header.gif ?? header.webp ?? header.jpeg,
            width > 0, height > 0
        else { return nil }
        self.mediaType = mediaType
        self.bytes = bytes
        self.width = width
        self.height = height
    }

    /// Why it is not shown to any model; `nil` when it may be.
    public var problem: String? {
        if bytes.count > Self.mostBytes { return "has \(bytes.count) bytes, and at most \(Self.mostBytes) are shown" }
        guard max(width, height) > Self.mostPixels else { return nil }
        return "has \(width) x \(height) pixels, and at most \(Self.mostPixels) of a side are shown"
    }

    /// RFC 4648, section 4.
    public var base64: String { Data(bytes).base64EncodedString() }

    /// `data:image/png;base64,...` (RFC 2397)
    public var dataURL: String { "data:\(mediaType.rawValue);base64,\(base64)" }

    /// `image/png, 640 x 480, 12345 bytes`
    public var words: String { "\(mediaType.rawValue), \(width) x \(height), \(bytes.count) bytes" }
}

/// An image as a message refers to it; its bytes stand elsewhere, once.
public struct ImageReference: Sendable, Hashable {
    public var mediaType: Image.MediaType
    /// In bytes.
    public var size: Int
    /// The SHA-256 of the bytes, in hexadecimal digits.
    public var digest: String

    public init(_ mediaType: Image.MediaType, size: Int, digest: String) {
        self.mediaType = mediaType
        self.size = size
        self.digest = digest
    }
}
