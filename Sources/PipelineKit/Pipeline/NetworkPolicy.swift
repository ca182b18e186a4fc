/// What the commands of a run may reach.
public enum NetworkPolicy: Sendable, Hashable {
    case deny
    /// These hosts, by HTTP and HTTPS.
    case hosts([HostPattern])
    case allow
}

extension NetworkPolicy: FieldValue {
    private struct Syntax: Fields {
        @Field("Hosts that may be reached: docs.example.com, *.example.com, example.com:8443.")
        var allow: [HostPattern]
        init() {}
    }

    public static var schema: ValueSchema {
        .oneOf([.quantity("network", example: "docs.example.com"), Syntax.schema])
    }

    public var json: JSONValue {
        switch self {
        case .deny: "deny"
        case .allow: "allow"
        case .hosts(let hosts): ["allow": hosts.json]
        }
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case .string("deny"): self = .deny
        case .string("allow"): self = .allow
        case .string(let text):
            let hosts = Self.hosts(text)
            guard !hosts.isEmpty else {
                reader.expected(Self.expectation, of: json)
                return nil
            }
            self = .hosts(hosts)
        case .object:
            guard let syntax = Syntax(json, &reader) else { return nil }
            self = .hosts(syntax.allow)
        default:
            reader.expected(Self.expectation, of: json)
            return nil
        }
    }

    private static let expectation = "'deny', 'allow', or a mapping of hosts such as { allow: [docs.example.com] }"

    /// Hosts with commas between, as on a command line; none when one of them is a word that no host is called by.
    private static func hosts(_ text: String) -> [HostPattern] {
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        let hosts = words.compactMap { $0.contains(".") || $0.contains(":") ? HostPattern($0) : nil }
        return hosts.count == words.count ? hosts : []
    }
}

/// A host that may be reached: `docs.example.com`, `*.example.com`, `example.com:8443`, `10.0.0.5:80`.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// Without the `*.` at its beginning, in lower case.
    public let name: String
    /// Whether every host below ``name`` is meant, and not ``name`` itself.
    public let isWildcard: Bool
    /// `nil` for the ports of HTTP and HTTPS.
    public let port: Int?

    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count) else { return nil }
        isWildcard = parts[0].hasPrefix("*.")
        name = String(isWildcard ? parts[0].dropFirst(2) : parts[0])
        port = parts.count == 2 ? Int(parts[1]) : nil
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
        guard isName, name.utf8.count <= 253, !isWildcard || labels.count > 1 else { return nil }
        if parts.count == 2 { guard let port, (1...65535).contains(port) else { return nil } }
    }

    public var description: String { (isWildcard ? "*." : "") + name + (port.map { ":\($0)" } ?? "") }

    /// - Parameter host: A name or an address; a dot at its end says nothing.
    public func matches(_ host: String, port asked: Int) -> Bool {
        var host = host.lowercased()[...]
        if host.hasSuffix(".") { host.removeLast() }
        guard port.map({ $0 == asked }) ?? [80, 443].contains(asked) else { return false }
        return isWildcard ? host.hasSuffix(".\(name)") : host == name
    }
}

extension HostPattern: FieldValue {
    public static var schema: ValueSchema { .quantity("host", example: "docs.example.com") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let pattern = json.text.flatMap(Self.init) else {
            reader.expected("a host such as 'docs.example.com', '*.example.com' or 'example.com:8443'", of: json)
            return nil
        }
        self = pattern
    }
}
