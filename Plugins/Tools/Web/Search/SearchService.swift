public import PipelineKit

/// A search service that is known, and what its documentation says of it.
public enum SearchKind: String, Choice {
    /// <https://docs.searxng.org/dev/search_api.html>; everybody's own, so its address is not known. JSON has to be among
    /// the formats of its settings.
    case searxng
    /// <https://api-dashboard.search.brave.com/api-reference/web/search/get>
    case brave
    /// <https://docs.tavily.com/api-reference/introduction>
    case tavily
}

/// Where the results stand in an answer, and what their parts are called.
public struct ResultPlaces: Fields, Hashable {
    @Field("Where the list of results stands, with dots between the names: web.results; empty for all of the answer.")
    var list = "results"
    @Field("The member with the title.") var title = "title"
    @Field("The member with the URL.") var url = "url"
    @Field("The member with a piece of the text.") var snippet = "content"
    public init() {}
}

/// How a search service is asked.
struct SearchService {
    var url: String
    /// What is posted, for a service that is not asked by GET.
    var body: String?
    var places: ResultPlaces
    /// `nil` where no key is sent.
    var key: Secret?
    var keyHeader: String

    /// The settings, and where they say nothing, what is known of the service.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for what no request can be made of.
    init(_ settings: WebSearchTool.Settings) throws(Failure) {
        let known = Known(settings.kind)
        guard let url = settings.url ?? known.url else {
            throw Failure(
                .invalidInput,
                "Field 'url' must say where to search, such as 'https://search.example.com/search?q={query}&format=json'."
            )
        }
        self.url = url
        body = settings.body ?? known.body
        places = settings.results ?? known.places
        key = settings.key
        keyHeader = settings.keyHeader ?? known.keyHeader
        if known.needsKey, key == nil {
            throw Failure(.invalidInput, "Field 'key' must say where the key is, such as 'env:\(known.variable)'.")
        }
        try check()
    }

    /// - Throws: ``Failure/Kind/invalidInput`` as ``init(_:)``.
    private func check() throws(Failure) {
        guard url.contains("{query}") || body?.contains("{query}") == true else {
            throw Failure(.invalidInput, "Field 'url' must have '{query}' where the words go, but is '\(url)'.")
        }
        let authority = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? ""
        guard !authority.prefix(while: { !"/?#".contains($0) }).contains("{") else {
            throw Failure(.invalidInput, "Field 'url' must name the host as it is, but is '\(url)'.")
        }
        _ = try address(for: "a", count: 1)
        guard let body = posted("a", count: 1) else { return }
        do throws(JSONError) { _ = try JSONValue(parsing: body) } catch {
            throw Failure(
                .invalidInput,
                "Field 'body' must be JSON, with '{query}' where a text stands and '{count}' where a number does. \(error)"
            )
        }
    }

    /// Where it is asked for these words.
    func address(for query: String, count: Int) throws(Failure) -> WebAddress {
        let encoded = query.utf8.map {
            $0.isLetter || $0.isDigit || "-._~".utf8.contains($0)
                ? String(UnicodeScalar($0)) : $0.percentEncoded
        }.joined()
        return try WebAddress(Self.filled(url, encoded, count))
    }

    /// The JSON that is sent; `nil` for a GET.
    func posted(_ query: String, count: Int) -> [UInt8]? {
        body.map { Array(Self.filled($0, JSONValue.string(query).jsonText, count).utf8) }
    }

    /// In one go, so that words that look like a place to fill are words.
    private static func filled(_ template: String, _ query: String, _ count: Int) -> String {
        template.split(separator: "{query}", omittingEmptySubsequences: false)
            .map { $0.replacing("{count}", with: "\(count)") }
            .joined(separator: query)
    }
}

/// What is known of a service.
private struct Known {
    var url: String?
    var body: String?
    var places = ResultPlaces()
    var needsKey = false
    var keyHeader = "Authorization"
    var variable = ""

    init(_ kind: SearchKind?) {
        switch kind {
        case nil, .searxng: break
        case .brave:
            url = "https://api.search.brave.com/res/v1/web/search?q={query}&count={count}&text_decorations=false"
            places.list = "web.results"
            places.snippet = "description"
            (needsKey, keyHeader, variable) = (true, "X-Subscription-Token", "BRAVE_API_KEY")
        case .tavily:
            url = "https://api.tavily.com/search"
            body = "{\"query\": {query}, \"max_results\": {count}}"
            (needsKey, variable) = (true, "TAVILY_API_KEY")
        }
    }
}
