import PipelineKit
import PipelineTesting
import Testing

/// One request to a provider: what was sent, and what came of it.
struct Exchange {
    let sent: TransportRequest
    let body: JSONValue
    let reply: ModelReply

    init<P: Provider>(
        _ type: P.Type,
        _ request: ModelRequest,
        settings: JSONValue,
        answer: RecordedTransport.Answer,
        environment: [String: String]
    ) async throws {
        let provider = try P(settings: P.Settings(json: settings))
        let transport = RecordedTransport(answer)
        let secrets: SecretResolver = { environment[$0.description] ?? environment[$0.name] }
        reply = try await provider.reply(to: request, in: ProviderContext(transport: transport, secrets: secrets))
        sent = try #require(transport.requests.first)
        body = try JSONValue(parsing: sent.body)
    }
}
