/// The patterns of a ``Router`` as a tree of segments; what stands at their ends are numbers.
///
/// Every request goes through it, so it knows no type but its own: the numbers stand for whatever the router keeps.
struct RouteTree: Sendable {
    /// The end of a pattern, for one method.
    struct Leaf: Sendable {
        let method: HTTPMethod
        let number: Int
        /// In the order of the pattern.
        let names: [String]
    }

    /// Lists and no tables, as each holds a few: to compare texts of a few bytes is less work than to hash one.
    private struct Node: Sendable {
        var literals: [Literal] = []
        var parameter: Int?
        var rest: [Leaf] = []
        var leaves: [Leaf] = []
    }

    private struct Literal: Sendable {
        let text: String
        let node: Int
    }

    /// What a search has come upon.
    struct Search {
        let method: HTTPMethod
        /// What the parameters stand for.
        var values: [String] = []
        /// The methods of patterns that fit but for their method.
        var others: Set<HTTPMethod> = []
    }

    private var nodes = [Node()]

    /// - Returns: the number of what has the same method and the same paths already, and stays.
    mutating func add(_ method: HTTPMethod, _ pattern: PathPattern, _ number: Int) -> Int? {
        var node = 0
        let leaf = Leaf(method: method, number: number, names: pattern.parameters)
        for part in pattern.parts {
            switch part {
            case .literal(let text): node = child(of: node, text)
            case .parameter: node = parameter(of: node)
            case .rest: return nodes[node].rest.add(leaf)
            }
        }
        return nodes[node].leaves.add(leaf)
    }

    private mutating func child(of node: Int, _ text: String) -> Int {
        if let known = nodes[node].literals.first(where: { $0.text == text }) { return known.node }
        nodes[node].literals.append(Literal(text: text, node: nodes.count))
        nodes.append(Node())
        return nodes.count - 1
    }

    private mutating func parameter(of node: Int) -> Int {
        if let known = nodes[node].parameter { return known }
        nodes[node].parameter = nodes.count
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Depth first; a branch that leads to the path but not to the method is noted and left.
    func find(_ segments: ArraySlice<String>, _ search: inout Search, from node: Int = 0) -> Leaf? {
        guard let segment = segments.first else { return nodes[node].leaves.find(&search) }
        let rest = segments.dropFirst()
        if let literal = nodes[node].literals.first(where: { $0.text == segment }),
            let leaf = find(rest, &search, from: literal.node)
        {
            return leaf
        }
        if let next = nodes[node].parameter, !segment.isEmpty {
            search.values.append(segment)
            if let leaf = find(rest, &search, from: next) { return leaf }
            search.values.removeLast()
        }
        guard !nodes[node].rest.isEmpty, !segments.contains(where: Self.climbs),
            let leaf = nodes[node].rest.find(&search)
        else { return nil }
        search.values.append(segments.joined(separator: "/"))
        return leaf
    }

    /// Whether a segment would be a way up once it is joined with others: `..%2F..` is one segment and no `..`.
    private static func climbs(_ segment: String) -> Bool {
        segment.contains("/") && segment.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }
}

extension [RouteTree.Leaf] {
    fileprivate mutating func add(_ leaf: RouteTree.Leaf) -> Int? {
        if let other = first(where: { $0.method == leaf.method }) { return other.number }
        append(leaf)
        return nil
    }

    fileprivate func find(_ search: inout RouteTree.Search) -> RouteTree.Leaf? {
        if let leaf = first(where: { $0.method == search.method }) { return leaf }
        search.others.formUnion(map(\.method))
        return nil
    }
}
