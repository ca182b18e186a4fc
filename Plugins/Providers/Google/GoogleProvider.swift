public import PipelineKit
import ProviderKit

/// Models of Google, through the Gemini interface.
public struct GoogleProvider: Provider {
    public static let id: ModuleID = "google"
    public static let summary = "Asks Gemini models of Google."
    public static let example = "gemini-3-pro"

    private let settings: GoogleSettings
    private let price: Price?

    public init(settings: GoogleSettings) throws(Failure) {
        price = try settings.checked()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public func window(of model: String) -> Int? { GeminiModel(model).window }

    /// Another service has prices of its own.
    public var isAtListPrice: Bool { settings.baseUrl == nil }

    public func images(of model: String) -> ImageAllowance? { GeminiModel(model).images }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = try service(secrets) }

    /// - Throws: ``Failure/Kind/missing`` when the service needs a key and there is none, and what ``ModelService``
    ///   says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        try await service(context.secrets).reply(to: request, in: context)
    }

    private func service(_ secrets: SecretResolver) throws(Failure) -> ModelService<GeminiDialect> {
        let address = try settings.address(Self.defaults, secrets)
        let dialect = GeminiDialect(level: settings.thinkingLevel, tokens: settings.thinkingTokens?.tokens)
        return try settings.service(at: address, speaking: dialect, Self.defaults, secrets)
    }

    private static let defaults = ServiceDefaults(
        address: ServiceAddress(known: "https://generativelanguage.googleapis.com/v1beta"),
        baseURL: Secret(openVariable: "GEMINI_BASE_URL"),
        key: Secret(variable: "GEMINI_API_KEY"),
        storedKey: Secret(stored: id.value)
    )
}
