public import PipelineKit
import ProviderKit

/// Models of OpenAI, and of every service that speaks the same dialect.
public struct OpenAIProvider: Provider {
    public static let id: ModuleID = "openai"
    public static let summary = "Asks models of OpenAI, or of any service with its chat-completions interface."

    private let settings: OpenAISettings
    private let price: Price?

    public init(settings: OpenAISettings) throws(Failure) {
        price = try settings.checked()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = try service(secrets) }

    /// - Throws: ``Failure/Kind/missing`` when the service needs a key and there is none, and what ``ModelService``
    ///   says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        try await service(context.secrets).reply(to: request, in: context)
    }

    private func service(_ secrets: SecretResolver) throws(Failure) -> ModelService<ChatDialect> {
        let address = try settings.address(Self.defaults, secrets)
        let isOpenAI = address.host == Self.defaults.address.host
        let limitField = settings.limitField ?? (isOpenAI ? .maxCompletionTokens : .maxTokens)
        return try settings.service(at: address, speaking: ChatDialect(limitField: limitField), Self.defaults, secrets)
    }

    private static let defaults = ServiceDefaults(
        address: ServiceAddress(known: "https://api.openai.com/v1"),
        baseURL: Secret(variable: "OPENAI_BASE_URL"),
        key: Secret(variable: "OPENAI_API_KEY")
    )
}
