import PipelineKit

/// What a model of Anthropic can be told, by its name: one that is told what it does not know refuses the request.
///
/// From the vendor's pages of models, November 2026: <https://platform.claude.com/docs/en/models/overview> and the pages
/// of single models there.
struct ClaudeModel: Sendable, Hashable {
    /// How it is told to think before it answers.
    enum Thinking: Sendable, Hashable {
        /// Not at all.
        case none
        /// With a number of tokens.
        case budget
        /// That it may, as much as it finds right; and that it may not.
        case adaptive
        /// That it may; it always does.
        case always
    }

    let thinking: Thinking
    /// Whether it is told how hard to work.
    let takesEffort: Bool
    /// Whether it can be held to a schema.
    let takesForm: Bool
    /// Tokens of a request with its reply; `nil` for a model that is not known.
    let window: Int?
    /// Whether it takes images, as all have since Claude 3.
    let seesImages: Bool

    /// - Parameter name: `claude-sonnet-4-6`, also with a prefix or a date; of one that is not known, nothing is said to be
    ///   known.
    init(_ name: String) {
        guard let (family, version) = Self.parse(name) else {
            (thinking, takesEffort, takesForm, seesImages, window) = (.none, false, false, false, nil)
            return
        }
        // Of the small ones no longer window is known.
        window = version >= 406 && family != "haiku" ? 1_000_000 : 200_000
        takesEffort = version >= 406 || (family == "opus" && version == 405)
        takesForm = version >= 405
        seesImages = version >= 300
        switch version {
        case ..<307: thinking = .none
        case ..<406: thinking = .budget
        default: thinking = Self.alwaysThinks(family, version) ? .always : .adaptive
        }
    }

    /// From <https://platform.claude.com/docs/en/build-with-claude/vision>: 5 MB of base64 for an image, 32 MB for a request,
    /// of which two thirds are left to images here; with more than 20 images smaller ones are asked for; and 4,784 tokens for
    /// the largest that is not made smaller.
    var images: ImageAllowance? {
        guard seesImages else { return nil }
        return ImageAllowance(mostBytes: 3_750_000, mostBytesOfAll: 16_000_000, mostImages: 20, mostTokens: 4_784)
    }

    private static func alwaysThinks(_ family: String, _ version: Int) -> Bool {
        switch family {
        case "fable", "mythos": true
        // The others of 5.5 can be told not to, but in another way than those before.
        case "opus", "sonnet", "haiku": version >= 505
        default: false
        }
    }

    /// `opus` and 405 of `claude-opus-4-5-20251101`; the numbers stand before the family in older names.
    private static func parse(_ name: String) -> (family: String, version: Int)? {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        guard let start = words.firstIndex(of: "claude") else { return nil }
        let rest = words[(start + 1)...]
        let numbers = rest.filter { $0.count < 3 }.compactMap { Int($0) }
        let families = ["opus", "sonnet", "haiku", "fable", "mythos"]
        guard let family = rest.first(where: { families.contains(String($0)) }), let major = numbers.first else {
            return nil
        }
        return (String(family), 100 * major + (numbers.dropFirst().first ?? 0))
    }
}
