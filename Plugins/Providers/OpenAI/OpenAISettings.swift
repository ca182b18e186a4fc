public import PipelineKit
public import ProviderKit

/// In which of OpenAI's two ways a service is asked.
public enum Interface: String, Choice {
    case responses, chat
}

/// How hard a model thinks, in the vendor's words.
public enum Effort: String, Choice {
    case none, minimal, low, medium, high, xhigh, max
}

/// Where the service is, how it is asked, and what it costs.
public struct OpenAISettings: ServiceSettings {
    @Field("Where the service is, up to '/chat/completions'; without it OPENAI_BASE_URL, or https://api.openai.com/v1.")
    public var baseUrl: String? = nil
    @Field(
        "The key; OPENAI_API_KEY, or the stored key 'openai', unless base_url names a service: it gets only this one."
    )
    public var key: Secret? = nil
    @Field("Headers to send as well; 'env:NAME', 'file:/PATH' and 'stored:NAME' stand for secrets.")
    public var headers: [String: SecretText] = [:]
    @Field("How long connecting may take.") public var connectTimeout: Duration = .seconds(10)
    @Field("How long the service may take to begin its answer.") public var firstByteTimeout: Duration = .seconds(600)
    @Field("How long the service may be silent once it has begun.") public var idleTimeout: Duration = .seconds(120)
    @Field("How long a whole reply may take.") public var totalTimeout: Duration = .seconds(900)
    @Field("How it is asked; when nothing is said, OpenAI itself by Responses and others by chat completions.")
    var interface: Interface? = nil
    @Field("How hard the model thinks; left out for models that do not.") var effort: Effort? = nil
    @Field("Whether the model takes images; when nothing is said, those of OpenAI that do, and no others.")
    var images: Bool? = nil
    @Field("What the service calls the limit of a reply; max_completion_tokens at OpenAI, max_tokens elsewhere.")
    var limitField: OutputLimitField? = nil
    @Field("What a million tokens read cost.") public var inputPrice: Money? = nil
    @Field("What a million tokens read from the cache cost; as much as others when nothing is said.")
    public var cachedPrice: Money? = nil
    @Field("What a million tokens written cost.") public var outputPrice: Money? = nil

    public init() {}
}
