public import PipelineKit
import ProviderKit

/// Models of OpenAI, and of every service that speaks the same dialect.
public struct OpenAIProvider: Provider {
    public static let id: ModuleID = "openai"
    public static let summary = "Asks models of OpenAI, or of any service with its chat-completions interface."

    private let settings: OpenAISettings
    private let price: Price?

    public init(settings: OpenAISettings) throws(Failure) {
        if let url = settings.baseUrl { _ = try ServiceAddress(url) }
        try settings.checkTimes()
        price = try settings.price()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) { _ = try service(secrets) }

    /// - Throws: ``Failure/Kind/missing`` when the service needs a key and there is none, and what ``ChatService``
    ///   says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        try await service(context.secrets).reply(to: request, in: context)
    }

    private func service(_ secrets: SecretResolver) throws(Failure) -> ChatService {
        let address = try self.address(secrets)
        return ChatService(
            baseURL: address.baseURL,
            key: try key(for: address, secrets),
            headers: try headers(secrets),
            timeouts: .init(connect: settings.connectTimeout, idle: settings.idleTimeout, total: settings.totalTimeout),
            limitField: settings.limitField ?? (address.isOpenAI ? .maxCompletionTokens : .maxTokens)
        )
    }

    /// The settings count before the environment, and OpenAI itself is what remains.
    private func address(_ secrets: SecretResolver) throws(Failure) -> ServiceAddress {
        if let url = settings.baseUrl { return try ServiceAddress(url) }
        guard let url = secrets(baseURLVariable), !url.isEmpty else { return .openAI }
        do throws(Failure) { return try ServiceAddress(url) } catch {
            throw Failure(.invalidInput, "The variable \(baseURLVariable.variable) is wrong. \(error.message)")
        }
    }

    /// The key that the settings name. Where they name none it is `OPENAI_API_KEY`, unless they name another service:
    /// a pipeline that somebody else wrote must not send the key anywhere by its base URL alone.
    private func key(for address: ServiceAddress, _ secrets: SecretResolver) throws(Failure) -> ServiceKey? {
        if settings.key == nil, settings.baseUrl != nil, !address.isOpenAI { return nil }
        let secret = settings.key ?? Secret(variable: "OPENAI_API_KEY")
        if let value = secrets(secret).map({ ServiceKey(variable: secret.variable, value: $0) }), !value.value.isEmpty {
            return value
        }
        guard settings.key != nil || address.isOpenAI else { return nil }
        throw Failure(
            .missing,
            "There is no key for '\(address.host)': set the environment variable \(secret.variable)."
        )
    }

    private func headers(_ secrets: SecretResolver) throws(Failure) -> [TransportRequest.Header] {
        var headers: [TransportRequest.Header] = []
        for (name, value) in settings.headers.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): headers.append(.init(name, text))
            case .secret(let secret):
                guard let value = secrets(secret), !value.isEmpty else {
                    throw Failure(
                        .missing,
                        "The header '\(name)' needs a value: set the environment variable \(secret.variable)."
                    )
                }
                headers.append(.init(name, value))
            }
        }
        return headers
    }
}

private let baseURLVariable = Secret(variable: "OPENAI_BASE_URL")
