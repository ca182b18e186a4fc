public import PipelineKit
public import ProviderKit

/// How hard a model works on an answer, in the vendor's words.
public enum Effort: String, Choice {
    case low, medium, high, xhigh, max
}

/// Where the service is, how it is asked, and what it costs.
public struct AnthropicSettings: ServiceSettings {
    @Field("Where the service is, up to '/messages'; without it ANTHROPIC_BASE_URL, or https://api.anthropic.com/v1.")
    public var baseUrl: String? = nil
    @Field(
        "The key; ANTHROPIC_API_KEY, or the stored key 'anthropic', unless base_url names a service: it gets only this one."
    )
    public var key: Secret? = nil
    @Field("Headers to send as well; 'env:NAME', 'file:/PATH' and 'stored:NAME' stand for secrets.")
    public var headers: [String: SecretText] = [:]
    @Field("How long connecting may take.") public var connectTimeout: Duration = .seconds(10)
    @Field("How long the service may take to begin its answer.") public var firstByteTimeout: Duration = .seconds(600)
    @Field("How long the service may be silent once it has begun.") public var idleTimeout: Duration = .seconds(120)
    @Field("How long a whole reply may take.") public var totalTimeout: Duration = .seconds(900)
    @Field("How hard the model works on each reply, for models that can be told.") var effort: Effort? = nil
    @Field("Whether the model may think before it answers; left out for models that cannot be told.")
    var thinking: Bool? = nil
    @Field("Tokens it may think with, for models that want a number; part of the reply's.")
    var thinkingTokens: TokenCount = TokenCount(4_096)
    @Field("What a million tokens read cost.") public var inputPrice: Money? = nil
    @Field("What a million tokens read from the cache cost; as much as others when nothing is said.")
    public var cachedPrice: Money? = nil
    @Field("What a million tokens written into the cache cost; as much as others when nothing is said.")
    public var cacheWritePrice: Money? = nil
    @Field("What a million tokens written cost.") public var outputPrice: Money? = nil

    public init() {}
}
