public import PipelineKit
import ProviderKit

/// Models of Anthropic, through its Messages interface.
public struct AnthropicProvider: Provider {
    public static let id: ModuleID = "anthropic"
    public static let summary = "Asks models of Anthropic, or of a service with its Messages interface."
    public static let example = "claude-sonnet-4-6"

    private let settings: AnthropicSettings
    private let price: Price?

    public init(settings: AnthropicSettings) throws(Failure) {
        price = try settings.checked()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public func window(of model: String) -> Int? { ClaudeModel(model).window }

    /// Another service has prices of its own.
    public var isAtListPrice: Bool { settings.baseUrl == nil }

    public func images(of model: String) -> ImageAllowance? { ClaudeModel(model).images }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = try service(secrets) }

    /// - Throws: ``Failure/Kind/missing`` when the service needs a key and there is none, and what ``ModelService``
    ///   says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        try await service(context.secrets).reply(to: request, in: context)
    }

    private func service(_ secrets: SecretResolver) throws(Failure) -> ModelService<MessagesDialect> {
        let address = try settings.address(Self.defaults, secrets)
        let dialect = MessagesDialect(
            effort: settings.effort,
            thinking: settings.thinking,
            thinkingTokens: settings.thinkingTokens.tokens
        )
        return try settings.service(at: address, speaking: dialect, Self.defaults, secrets)
    }

    private static let defaults = ServiceDefaults(
        address: ServiceAddress(known: "https://api.anthropic.com/v1"),
        baseURL: Secret(openVariable: "ANTHROPIC_BASE_URL"),
        key: Secret(variable: "ANTHROPIC_API_KEY"),
        storedKey: Secret(stored: id.value)
    )
}
