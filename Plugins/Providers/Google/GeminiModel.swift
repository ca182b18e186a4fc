import PipelineKit

/// What a model of Google can be told, by its name: one that is told what it does not know refuses the request.
///
/// From <https://ai.google.dev/gemini-api/docs/thinking> and <https://ai.google.dev/gemini-api/docs/thought-signatures>.
struct GeminiModel: Sendable, Hashable {
    /// Gemini 3 and later are told in words how much to think, and refuse a call that comes back without its signature.
    let takesLevels: Bool
    /// Gemini 2.5 is told a number.
    let takesTokens: Bool
    /// Tokens of a request; `nil` for a model that is not known.
    var window: Int? { takesLevels || takesTokens ? 1_048_576 : nil }
    /// Whether it takes images, as all have since Gemini 1.5.
    let seesImages: Bool

    /// - Parameter name: `gemini-2.5-pro`; of one that is not known, nothing is said to be known.
    init(_ name: String) {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        let numbers = words.firstIndex(of: "gemini").map { words[($0 + 1)...].prefix(2).map { Int($0) ?? 0 } } ?? []
        let major = numbers.first ?? 0
        takesLevels = major >= 3
        takesTokens = major == 2 && numbers.last == 5
        seesImages = major >= 2 || (major == 1 && numbers.last == 5)
    }

    /// From <https://ai.google.dev/gemini-api/docs/image-understanding>: no GIF, and 20 MB for a whole request in base64, of
    /// which 16 are left to images here. An image is made no larger than 3,072 pixels a side, and counts 258 tokens for each
    /// 768 by 768 of them: 16 times at most. Gemini 3 counts 1,120 when nothing is said of the resolution
    /// (<https://ai.google.dev/gemini-api/docs/media-resolution>).
    var images: ImageAllowance? {
        guard seesImages else { return nil }
        return ImageAllowance(
            mediaTypes: [.png, .jpeg, .webp],
            mostBytesOfAll: 12_000_000,
            mostImages: 20,
            mostTokens: 16 * 258
        )
    }
}
