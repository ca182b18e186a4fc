import HTTPKit

/// The literal beginnings of all patterns, each with the contract that had it first.
struct Prefixes: Sendable {
    private var owners: [[String]: APIContract] = [:]
    private var longest = 0

    init(_ contracts: [APIContract]) {
        for contract in contracts {
            for route in contract.routes { add(route.pattern.literals, of: contract) }
        }
    }

    private mutating func add(_ literals: [String], of contract: APIContract) {
        longest = max(longest, literals.count)
        for length in literals.indices.map({ $0 + 1 }) {
            let prefix = Array(literals.prefix(length))
            if owners[prefix] == nil { owners[prefix] = contract }
        }
    }

    /// The contract that shares the most segments with a path; `nil` when none shares any.
    func longest(of segments: [String]) -> APIContract? {
        // Not longer than what there is, so that a path of thousands of segments costs no more than others.
        var prefix = Array(segments.prefix(longest))
        while !prefix.isEmpty {
            if let owner = owners[prefix] { return owner }
            prefix.removeLast()
        }
        return nil
    }
}
