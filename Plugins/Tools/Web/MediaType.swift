import PipelineKit

/// What a `Content-Type` says (RFC 9110, 8.3.1).
struct MediaType: Hashable {
    /// In lower case: `text/html`.
    let name: String
    /// The name of an encoding, in lower case.
    let charset: String?

    /// How a body is shown.
    enum Form {
        case html
        case text
        /// An image, if it is one of those that models are shown.
        case image
        /// By its bytes, as nothing says what they are.
        case unknown
        case none
    }

    init(_ header: String) {
        let parts = header.lowercased().split(separator: ";").map(\.trimmed)
        name = parts.first ?? ""
        let value = parts.dropFirst().first { $0.hasPrefix("charset=") }?.dropFirst("charset=".count)
        charset = value.map { $0.filter { $0 != "\"" && $0 != "'" }.trimmed }
    }

    private static let texts: Set<String> = [
        "application/json", "application/xml", "application/javascript", "application/x-javascript",
        "application/ecmascript", "application/yaml", "application/x-yaml", "application/toml", "application/sql",
        "application/x-ndjson", "application/graphql", "application/x-sh", "image/svg+xml",
    ]

    var form: Form {
        switch name {
        case "": .unknown
        case "text/html", "application/xhtml+xml": .html
        case _ where name.hasPrefix("text/") || Self.texts.contains(name): .text
        case _ where name.hasSuffix("+json") || name.hasSuffix("+xml") || name.hasSuffix("+yaml"): .text
        case _ where name.hasPrefix("image/"): .image
        default: .none
        }
    }
}
