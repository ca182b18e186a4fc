import PipelineKit
import ProviderKit

extension ServerMeans {
    /// The text, or what a secret's place holds.
    ///
    /// - Parameter what: What it is for: `the variable 'TOKEN'`.
    /// - Throws: ``Failure/Kind/missing`` when there is nothing in that place.
    func value(of text: SecretText, _ what: String, _ server: String) throws(Failure) -> String {
        switch text {
        case .text(let text): return text
        case .secret(let secret):
            if let value = secrets(secret), !value.isEmpty { return value }
            throw Failure(.missing, "MCP server '\(server)' needs a value for \(what): \(secret.hint).")
        }
    }

    /// The headers that a person declared; a scheme may stand before a reference, as in `Bearer env:TOKEN`.
    func headers(_ declared: [String: SecretText], _ server: String) throws(Failure) -> [TransportRequest.Header] {
        var headers: [TransportRequest.Header] = []
        for (name, text) in declared.sorted(by: { $0.key < $1.key }) {
            let what = "the header '\(name)'"
            if case .text(let text) = text, let (scheme, secret) = Self.schemed(text) {
                headers.append(.init(name, "\(scheme) \(try value(of: .secret(secret), what, server))"))
            } else {
                headers.append(.init(name, try value(of: text, what, server)))
            }
        }
        return headers
    }

    private static func schemed(_ text: String) -> (scheme: Substring, secret: Secret)? {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let secret = Secret(String(words[1])) else { return nil }
        return (words[0], secret)
    }
}
