/// Finds the route of a request: literal segments before parameters, parameters before the rest of a path.
///
/// A value: built once, then asked from any thread.
public struct Router<Value: Sendable>: Sendable {
    /// What stands at the end of a pattern.
    public struct Match: Sendable {
        public let value: Value
        /// What the pattern's parameters stand for, in its order.
        public let values: [String]
        let names: [String]

        public var parameters: [String: String] { Dictionary(uniqueKeysWithValues: zip(names, values)) }
    }

    private var tree = RouteTree()
    /// What the tree's numbers stand for.
    private var values: [Value] = []

    public init() {}

    /// - Returns: what has the same method and the same paths already, and stays.
    public mutating func add(_ method: HTTPMethod, _ pattern: PathPattern, _ value: Value) -> Value? {
        if let other = tree.add(method, pattern, values.count) { return values[other] }
        values.append(value)
        return nil
    }

    /// - Throws: 404 for a path nobody has; 405 with `Allow` for one that is there for other methods.
    public func find(_ method: HTTPMethod, _ segments: [String]) throws(HTTPError) -> Match {
        var search = RouteTree.Search(method: method == .head ? .get : method)
        if let leaf = tree.find(segments[...], &search) {
            return Match(value: values[leaf.number], values: search.values, names: leaf.names)
        }
        let path = ("/" + segments.joined(separator: "/")).shown
        guard !search.others.isEmpty else {
            throw HTTPError(.notFound, "There is nothing at '\(path)'.", code: "not_found")
        }
        let allowed = search.others.asAllowed
        throw HTTPError(
            .methodNotAllowed,
            "'\(path)' takes \(allowed), not \(method.name.shown).",
            code: "method_not_allowed",
            headers: ["allow": allowed]
        )
    }

    /// The methods of a path, as `Allow` lists them; `nil` for a path nobody has.
    public func methods(_ segments: [String]) -> String? {
        let taken = taken(segments)
        return taken.isEmpty ? nil : taken.asAllowed
    }

    /// What a path leads to with each of its methods, in no order; nothing for a path nobody has.
    public func all(_ segments: [String]) -> [Value] { taken(segments).compactMap { try? find($0, segments).value } }

    private func taken(_ segments: [String]) -> Set<HTTPMethod> {
        // No method has no name.
        var search = RouteTree.Search(method: HTTPMethod(""))
        _ = tree.find(segments[...], &search)
        return search.others
    }
}

extension Set<HTTPMethod> {
    /// With what comes of itself: `GET, HEAD, OPTIONS`.
    fileprivate var asAllowed: String {
        var all = union([.options])
        if all.contains(.get) { all.insert(.head) }
        return all.map(\.name).sorted().joined(separator: ", ")
    }
}
