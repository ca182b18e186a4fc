import FoundationEssentials
public import PipelineKit

/// Where a service is.
public struct ServiceAddress: Sendable, Hashable {
    /// Without a slash at its end.
    public let baseURL: String
    public let host: String

    /// - Parameter baseURL: Ours, and so known to be right: `https://api.openai.com/v1`.
    public init(known baseURL: String) {
        self.baseURL = baseURL
        host = URLComponents(string: baseURL)?.host ?? ""
    }

    /// - Throws: ``Failure/Kind/invalidInput`` for anything that a path cannot be added to, or that holds credentials.
    public init(_ url: String) throws(Failure) {
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
        self.baseURL = String(base)
        self.host = host.lowercased()
    }
}
