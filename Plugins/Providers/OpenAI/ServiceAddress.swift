import FoundationEssentials
import PipelineKit

/// Where a service is.
struct ServiceAddress: Sendable, Hashable {
    static let openAIHost = "api.openai.com"
    static let openAI = ServiceAddress(baseURL: "https://\(openAIHost)/v1", host: openAIHost)

    /// Without a slash at its end.
    let baseURL: String
    let host: String

    var isOpenAI: Bool { host.lowercased() == Self.openAIHost }

    private init(baseURL: String, host: String) {
        self.baseURL = baseURL
        self.host = host
    }

    /// - Throws: ``Failure/Kind/invalidInput`` for anything that a path cannot be added to, or that holds credentials.
    init(_ url: String) throws(Failure) {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            ["http", "https"].contains(parts.scheme?.lowercased()), parts.query == nil, parts.fragment == nil
        else {
            let quoted = url.contains("@") || url.contains("?") ? "" : " '\(url)'"
            throw Failure(.invalidInput, "The base URL\(quoted) is not of the form 'https://host/path'.")
        }
        guard parts.user == nil, parts.password == nil else {
            throw Failure(.invalidInput, "The base URL of '\(host)' must not hold a user name or a password.")
        }
        var base = Substring(url)
        while base.last == "/" { base.removeLast() }
        self.init(baseURL: String(base), host: host)
    }
}
