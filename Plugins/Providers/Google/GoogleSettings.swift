public import PipelineKit
public import ProviderKit

/// How much a model thinks before it answers, in the vendor's words.
public enum ThinkingLevel: String, Choice {
    case minimal, low, medium, high
}

/// Where the service is, how it is asked, and what it costs.
public struct GoogleSettings: ServiceSettings {
    @Field("Where the service is, up to '/models'; without it GEMINI_BASE_URL, or Google's own.")
    public var baseUrl: String? = nil
    @Field(
        "The key; GEMINI_API_KEY, or the stored key 'google', unless base_url names a service: it gets only this one."
    )
    public var key: Secret? = nil
    @Field("Headers to send as well; 'env:NAME', 'file:/PATH' and 'stored:NAME' stand for secrets.")
    public var headers: [String: SecretText] = [:]
    @Field("How long connecting may take.") public var connectTimeout: Duration = .seconds(10)
    @Field("How long the service may take to begin its answer.") public var firstByteTimeout: Duration = .seconds(600)
    @Field("How long the service may be silent once it has begun.") public var idleTimeout: Duration = .seconds(120)
    @Field("How long a whole reply may take.") public var totalTimeout: Duration = .seconds(900)
    @Field("How much the model thinks before it answers, for models that are told in words (Gemini 3 and later).")
    var thinkingLevel: ThinkingLevel? = nil
    @Field("Tokens it may think with, for models that are told a number (Gemini 2.5); 0 for none.")
    var thinkingTokens: TokenCount? = nil
    @Field("What a million tokens read cost.") public var inputPrice: Money? = nil
    @Field("What a million tokens read from the cache cost; as much as others when nothing is said.")
    public var cachedPrice: Money? = nil
    @Field("What a million tokens written cost.") public var outputPrice: Money? = nil

    public init() {}
}
