/// The paths a route stands for: `/api/runs/{id}/events`, or `/assets/{rest...}` for everything below.
public struct PathPattern: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case literal(String)
        /// One segment that is not empty.
        case parameter(String)
        /// All segments that are left, at least one; only at the end.
        case rest(String)
    }

    /// As it was written.
    public let text: String
    let parts: [Part]

    /// - Precondition: begins with `/`, names each parameter once, and has `{name...}` at the end only.
    public init(_ text: String) {
        precondition(text.hasPrefix("/"), "The pattern '\(text)' does not begin with '/'.")
        self.text = text
        parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.part)
        let names = parameters
        precondition(Set(names).count == names.count, "The pattern '\(text)' names a parameter twice.")
        for part in parts.dropLast() {
            if case .rest = part { preconditionFailure("'{...}' must stand at the end of the pattern '\(text)'.") }
        }
    }

    /// The names of its parameters, in order.
    public var parameters: [String] {
        parts.compactMap { part in
            switch part {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    /// What every path of the pattern begins with: `["api", "runs"]` of `/api/runs/{id}`.
    public var literals: [String] {
        parts.prefix { if case .literal = $0 { true } else { false } }
            .compactMap { part in if case .literal(let text) = part { text } else { nil } }
    }

    private static func part(_ text: Substring) -> Part {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(String(text)) }
        let name = text.dropFirst().dropLast()
        return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
    }
}
