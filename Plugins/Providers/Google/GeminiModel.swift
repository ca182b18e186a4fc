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

    /// - Parameter name: `gemini-2.5-pro`; of one that is not known, nothing is said to be known.
    init(_ name: String) {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        let numbers = words.firstIndex(of: "gemini").map { words[($0 + 1)...].prefix(2).map { Int($0) ?? 0 } } ?? []
        let major = numbers.first ?? 0
        takesLevels = major >= 3
        takesTokens = major == 2 && numbers.last == 5
    }
}
