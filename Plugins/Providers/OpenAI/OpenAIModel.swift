/// What a model of OpenAI can be told, by its name: one that is told what it does not know refuses the request.
///
/// From the vendor's guide to reasoning models, November 2026: <https://platform.openai.com/docs/guides/reasoning>, and to
/// images: <https://platform.openai.com/docs/guides/images-vision>.
struct OpenAIModel: Sendable, Hashable {
    /// Whether it thinks before it answers, and is told how hard.
    let reasons: Bool
    /// Tokens of a request; `nil` for a model that is not known. Of those that reason it is what is left beside the longest
    /// reply, 400,000 less 128,000: later ones take longer requests, at twice the price.
    let window: Int?
    /// Whether it takes images.
    let seesImages: Bool
    /// Tokens that an image counts as at most, asked for in high detail.
    let mostImageTokens: Int

    /// - Parameter name: `gpt-5.2`, `o4-mini`; of one that is not known, nothing is said to be known.
    init(_ name: String) {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        let isThinker = words.first.map { $0.first == "o" && Int($0.dropFirst()) != nil } ?? false
        let generation = words.first == "gpt" ? words.dropFirst().first.flatMap { Int($0) } ?? 0 : 0
        let isSmall4o = name.lowercased().contains("gpt-4o-mini")
        seesImages =
            generation >= 5 || words.starts(with: ["gpt", "4o"]) || words.starts(with: ["gpt", "4", "1"])
            || ["o1", "o3", "o4"].contains(words.first) && (words.first == "o4" || !words.contains("mini"))
        // The smaller gpt-4o: 8 tiles of 5,667 and 2,833 for all of them. Others: 8 tiles of 170 and 85, or 1,536 patches,
        // each of which counts 2.46 at most; more is reserved, as a later model may be shown an image less reduced.
        mostImageTokens = isSmall4o ? 48_169 : 10_000
        reasons = isThinker || (generation >= 5 && !words.contains("chat"))
        window =
            switch (isThinker, generation) {
            case (true, _): 200_000
            case (false, 5...): reasons ? 272_000 : 128_000
            default: words.first == "gpt" && words.dropFirst().first == "4o" ? 128_000 : nil
            }
    }
}
