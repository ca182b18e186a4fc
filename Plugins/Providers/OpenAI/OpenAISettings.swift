public import PipelineKit
import ProviderKit

/// Where the service is, how it is asked, and what it costs.
public struct OpenAISettings: Fields {
    @Field("Where the service is, up to '/chat/completions'; without it OPENAI_BASE_URL, or https://api.openai.com/v1.")
    var baseUrl: String? = nil
    @Field("The key; OPENAI_API_KEY when nothing is said, but a service named by base_url gets only a key named here.")
    var key: Secret? = nil
    @Field("Headers to send as well; 'env:NAME' stands for the value of a variable.")
    var headers: [String: HeaderValue] = [:]
    @Field("How long connecting may take.") var connectTimeout: Duration = .seconds(10)
    @Field("How long the service may be silent.") var idleTimeout: Duration = .seconds(120)
    @Field("How long a whole reply may take.") var totalTimeout: Duration = .seconds(900)
    @Field("What the service calls the limit of a reply; max_completion_tokens at OpenAI, max_tokens elsewhere.")
    var limitField: OutputLimitField? = nil
    @Field("What a million tokens read cost.") var inputPrice: Money? = nil
    @Field("What a million tokens read from the cache cost; as much as others when nothing is said.")
    var cachedPrice: Money? = nil
    @Field("What a million tokens written cost.") var outputPrice: Money? = nil

    public init() {}
}

extension OpenAISettings {
    func checkTimes() throws(Failure) {
        let times = [
            ("connect_timeout", connectTimeout), ("idle_timeout", idleTimeout), ("total_timeout", totalTimeout),
        ]
        for (name, time) in times where time <= .zero {
            throw Failure(.invalidInput, "Field '\(name)' must be longer than nothing, but is '\(time.written)'.")
        }
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when half a price is given; costs counted with it would be wrong.
    func price() throws(Failure) -> Price? {
        switch (inputPrice, outputPrice) {
        case (let input?, let output?): return Price(input: input, cached: cachedPrice, output: output)
        case (nil, nil) where cachedPrice == nil: return nil
        default: throw Failure(.invalidInput, "A price needs both 'input_price' and 'output_price'.")
        }
    }
}
