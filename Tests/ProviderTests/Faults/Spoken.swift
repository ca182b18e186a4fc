import AnthropicProvider
import GoogleProvider
import OpenAIProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// The four ways in which models are asked, each by the provider that speaks it.
enum Spoken: String, CaseIterable {
    case chat, responses, messages, gemini

    /// Asks a model of `faulty_server.py`.
    ///
    /// - Parameter fault: What it does, `html/200-OK`.
    func ask(
        _ fault: String,
        at port: Int,
        by transport: any HTTPTransport = CurlTransport(),
        request: ModelRequest = Spoken.request,
        idle: Duration = .seconds(60),
        total: Duration = .seconds(120),
        emit: @escaping @Sendable (ModelPiece) -> Void = { _ in }
    ) async throws(Failure) -> ModelReply {
        let place = fault.contains("/") ? fault : "\(fault)/-"
        let settings: JSONValue = [
            "base_url": .string("http://127.0.0.1:\(port)/\(place)/v1"), "idle_timeout": .string(idle.written),
            "first_byte_timeout": .string(idle.written),
            "total_timeout": .string(total.written),
        ]
        let context = ProviderContext(transport: transport, secrets: { _ in nil }, emit: emit)
        return try await provider(settings).reply(to: request, in: context)
    }

    static let request = ModelRequest(
        model: "m-1",
        system: "Be brief.",
        messages: [.user("Look.")],
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )

    func provider(_ settings: JSONValue) throws(Failure) -> any Provider {
        switch self {
        case .chat: try make(OpenAIProvider.self, settings)
        case .responses: try make(OpenAIProvider.self, settings.with("interface", "responses"))
        case .messages: try make(AnthropicProvider.self, settings)
        case .gemini: try make(GoogleProvider.self, settings)
        }
    }

    private func make<P: Provider>(_ type: P.Type, _ settings: JSONValue) throws(Failure) -> P {
        let read: P.Settings
        do throws(FieldProblems) { read = try P.Settings(json: settings) } catch { throw error.failure }
        return try P(settings: read)
    }
}

extension JSONValue {
    func with(_ name: String, _ value: JSONValue) -> JSONValue { .object(members.merging([name: value]) { $1 }) }
}
