import AnthropicProvider
import GoogleProvider
import OpenAIProvider
import PipelineKit
import Testing

/// How long a request may be, by the vendors' pages.
struct WindowTests {
    @Test(arguments: [
        ("claude-sonnet-4-6", 1_000_000), ("claude-opus-5-5-20260724", 1_000_000), ("claude-haiku-4-5", 200_000),
        ("claude-opus-4-5", 200_000), ("claude-3-5-sonnet-20241022", 200_000), ("llama-4", nil),
    ])
    func ofAnthropic(model: String, window: Int?) throws {
        #expect(try AnthropicProvider(settings: .init()).window(of: model) == window)
    }

    @Test(arguments: [
        ("gpt-5.2", 272_000), ("gpt-6-sol", 272_000), ("gpt-5.2-chat-latest", 128_000), ("o4-mini", 200_000),
        ("gpt-4o", 128_000), ("gpt-4o-mini", 128_000), ("gpt-4", nil), ("qwen3-coder", nil),
    ])
    func ofOpenAI(model: String, window: Int?) throws {
        #expect(try OpenAIProvider(settings: .init()).window(of: model) == window)
    }

    @Test(arguments: [("gemini-2.5-pro", 1_048_576), ("gemini-3-pro-preview", 1_048_576), ("gemma-3", nil)])
    func ofGoogle(model: String, window: Int?) throws {
        #expect(try GoogleProvider(settings: .init()).window(of: model) == window)
    }
}
