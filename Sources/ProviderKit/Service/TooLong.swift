import PipelineKit

/// How services say that a request is longer than the model can read.
enum TooLong {
    /// OpenAI and most that speak like it; llama.cpp; LiteLLM.
    private static let codes = ["context_length_exceeded", "exceed_context_size_error", "contextwindowexceeded"]

    /// In the order of the vendors: Anthropic (two), OpenAI, Google; vLLM, LM Studio and others.
    private static let phrases = [
        "prompt is too long", "exceed context limit", "exceeds the context window", "input token count",
        "context length",
    ]

    /// - Parameters:
    ///   - code: What the service calls the mistake, if anything.
    ///   - words: Its sentence.
    static func isSaid(status: Int, code: String?, words: String) -> Bool {
        guard status == 400 || status == 413 || status == 422 else { return false }
        let (code, words) = (code?.lowercased() ?? "", words.lowercased())
        return status == 413 || codes.contains(where: code.contains) || phrases.contains(where: words.contains)
    }
}
