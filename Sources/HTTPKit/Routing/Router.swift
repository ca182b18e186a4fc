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

    private struct Leaf: Sendable {
        var value: Value
        /// In the order of the pattern.
        var names: [String]
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var rest: [HTTPMethod: Leaf] = [:]
        var leaves: [HTTPMethod: Leaf] = [:]
    }

    private var nodes = [Node()]

    public init() {}

    /// - Returns: what has the same method and the same paths already, and stays.
    public mutating func add(_ method: HTTPMethod, _ pattern: PathPattern, _ value: Value) -> Value? {
        var node = 0
        let leaf = Leaf(value: value, names: pattern.parameters)
        for part in pattern.parts {
            switch part {
            case .literal(let text): node = child(of: node, \.literals[text])
            case .parameter: node = child(of: node, \.parameter)
            case .rest:
                if let other = nodes[node].rest[method] { return other.value }
                nodes[node].rest[method] = leaf
                return nil
            }
        }
        if let other = nodes[node].leaves[method] { return other.value }
        nodes[node].leaves[method] = leaf
        return nil
    }

    private mutating func child(of node: Int, _ place: WritableKeyPath<Node, Int?>) -> Int {
        if let child = nodes[node][keyPath: place] { return child }
        nodes.append(Node())
        nodes[node][keyPath: place] = nodes.count - 1
        return nodes.count - 1
    }

    /// - Throws: 404 for a path nobody has; 405 with `Allow` for one that is there for other methods.
    public func find(_ method: HTTPMethod, _ segments: [String]) throws(HTTPError) -> Match {
        var allowed: Set<HTTPMethod> = []
        var values: [String] = []
        let wanted = method == .head ? HTTPMethod.get : method
        if let leaf = search(0, segments[...], wanted, &values, &allowed) {
            return Match(value: leaf.value, values: values, names: leaf.names)
        }
        let path = ("/" + segments.joined(separator: "/")).shown
        guard !allowed.isEmpty else { throw HTTPError(.notFound, "There is nothing at '\(path)'.", code: "not_found") }
        throw HTTPError(
            .methodNotAllowed,
            "'\(path)' takes \(Self.list(allowed)), not \(method.name.shown).",
            code: "method_not_allowed",
            headers: ["allow": Self.list(allowed)]
        )
    }

    /// The methods of a path, as `Allow` lists them; `nil` for a path nobody has.
    public func methods(_ segments: [String]) -> String? {
        var allowed: Set<HTTPMethod> = []
        var values: [String] = []
        // No method has no name.
        _ = search(0, segments[...], HTTPMethod(""), &values, &allowed)
        return allowed.isEmpty ? nil : Self.list(allowed)
    }

    private static func list(_ methods: Set<HTTPMethod>) -> String {
        var all = methods.union([.options])
        if all.contains(.get) { all.insert(.head) }
        return all.map(\.name).sorted().joined(separator: ", ")
    }

    /// Whether a segment would be a way up once it is joined with others: `..%2F..` is one segment and no `..`.
    private static func climbs(_ segment: String) -> Bool {
        segment.contains("/") && segment.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    /// Depth first; a branch that leads to the path but not to the method is noted and left.
    private func search(
        _ node: Int,
        _ segments: ArraySlice<String>,
        _ method: HTTPMethod,
        _ values: inout [String],
        _ allowed: inout Set<HTTPMethod>
    ) -> Leaf? {
        let here = nodes[node]
        guard let segment = segments.first else {
            if let leaf = here.leaves[method] { return leaf }
            allowed.formUnion(here.leaves.keys)
            return nil
        }
        if let next = here.literals[segment],
            let leaf = search(next, segments.dropFirst(), method, &values, &allowed)
        {
            return leaf
        }
        if let next = here.parameter, !segment.isEmpty {
            values.append(segment)
            if let leaf = search(next, segments.dropFirst(), method, &values, &allowed) { return leaf }
            values.removeLast()
        }
        guard !here.rest.isEmpty, !segments.contains(where: Self.climbs) else { return nil }
        allowed.formUnion(here.rest.keys)
        guard let leaf = here.rest[method] else { return nil }
        values.append(segments.joined(separator: "/"))
        return leaf
    }
}
