public import PipelineKit
import ProviderKit

/// Models of OpenAI, and of every service that speaks the same dialect.
public struct OpenAIProvider: Provider {
    public static let id: ModuleID = "openai"
    public static let summary = "Asks models of OpenAI, or of any service that speaks as it does."
    public static let example = "gpt-5.2"

    private let settings: OpenAISettings
    private let price: Price?

    public init(settings: OpenAISettings) throws(Failure) {
        price = try settings.checked()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public func window(of model: String) -> Int? { OpenAIModel(model).window }

    /// Another service has prices of its own.
    public var isAtListPrice: Bool { settings.baseUrl == nil }

    /// 50 MB of images and 500 of them in a request, and no GIF that moves
    /// (<https://platform.openai.com/docs/guides/images-vision>); other services take less, so no more is sent to any.
    public func images(of model: String) -> ImageAllowance? {
        let known = OpenAIModel(model)
        guard settings.images ?? (settings.baseUrl == nil && known.seesImages) else { return nil }
        return ImageAllowance(
            mediaTypes: [.png, .jpeg, .webp],
            mostBytesOfAll: 16_000_000,
            mostImages: 20,
            mostTokens: known.mostImageTokens
        )
    }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) {
        _ = try service(at: settings.address(Self.defaults, secrets), secrets, speaking: ChatDialect())
    }

    /// - Throws: ``Failure/Kind/missing`` when the service needs a key and there is none, and what ``ModelService``
    ///   says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let address = try settings.address(Self.defaults, context.secrets)
        let isOpenAI = address.host == Self.defaults.address.host
        switch settings.interface ?? (isOpenAI ? .responses : .chat) {
        case .responses:
            let dialect = ResponsesDialect(effort: settings.effort)
            return try await service(at: address, context.secrets, speaking: dialect).reply(to: request, in: context)
        case .chat:
            let limitField = settings.limitField ?? (isOpenAI ? .maxCompletionTokens : .maxTokens)
            let effort = OpenAIModel(request.model).reasons ? settings.effort : nil
            let dialect = ChatDialect(limitField: limitField, effort: effort?.rawValue)
            return try await service(at: address, context.secrets, speaking: dialect).reply(to: request, in: context)
        }
    }

    private func service<Speech: Dialect>(
        at address: ServiceAddress,
        _ secrets: SecretResolver,
        speaking dialect: Speech
    ) throws(Failure) -> ModelService<Speech> {
        try settings.service(at: address, speaking: dialect, Self.defaults, secrets)
    }

    private static let defaults = ServiceDefaults(
        address: ServiceAddress(known: "https://api.openai.com/v1"),
        baseURL: Secret(openVariable: "OPENAI_BASE_URL"),
        key: Secret(variable: "OPENAI_API_KEY"),
        storedKey: Secret(stored: id.value)
    )
}
