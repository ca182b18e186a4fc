public import HTTPKit

/// The routes of several contracts on one listener.
///
/// Two contracts may have the same route when it names a run: then the contract that started the run answers, and the
/// first of them for a run that nobody knows. Every other clash is refused at start.
public struct Mounts: Sendable {
    /// A contract that answers a route.
    public struct Claimant: Sendable {
        public let contract: APIContract
        public let route: Route
    }

    /// What a request leads to.
    public struct Found: Sendable {
        /// Who may answer, the first mounted first; never empty.
        public let claimants: [Claimant]
        /// What the patterns' names stand for, in order; the same for all claimants, whatever names they use.
        let values: [String]

        /// Who answers when it does not matter who started the run.
        public var first: Claimant { claimants[0] }
        /// Whether ``Mounts/claimant(of:)`` has to look up a run; otherwise it is ``first``.
        public var isShared: Bool { claimants.count > 1 }

        /// What the `{names}` of a claimant's pattern stand for.
        public func parameters(for claimant: Claimant) -> [String: String] {
            Dictionary(uniqueKeysWithValues: zip(claimant.route.pattern.parameters, values))
        }
    }

    private let first: APIContract
    private let router: Router<Int>
    /// One for each route.
    let claims: [[Claimant]]
    private let prefixes: Prefixes
    private let origin: @Sendable (String) async -> String?

    /// - Parameters:
    ///   - contracts: In the order in which they come first.
    ///   - origin: The name of the contract that started the run with an id; `nil` for a run that nobody knows.
    /// - Throws: every clash at once.
    public init(
        _ contracts: [APIContract],
        origin: @escaping @Sendable (String) async -> String?
    ) throws(MountError) {
        guard let first = contracts.first else { throw MountError(problems: ["There is no contract to serve."]) }
        let table = ClaimTable(contracts)
        guard table.problems.isEmpty else { throw MountError(problems: table.problems) }
        self.first = first
        router = table.router
        claims = table.claims
        prefixes = Prefixes(contracts)
        self.origin = origin
    }

    /// Who answers a request; `HEAD` is answered as `GET` is.
    ///
    /// - Throws: 404 for a path nobody has; 405 with `Allow` for one that is there for other methods.
    public func find(_ method: HTTPMethod, _ segments: [String]) throws(HTTPError) -> Found {
        let match = try router.find(method, segments)
        return Found(claimants: claims[match.value], values: match.values)
    }

    /// The one of the claimants that started the run which the path names; the first when it was none of them.
    public func claimant(of found: Found) async -> Claimant {
        guard found.isShared, let place = found.first.route.pattern.runPlace,
            let name = await origin(found.values[place])
        else { return found.first }
        return found.claimants.first { $0.contract.name == name } ?? found.first
    }

    /// The methods of a path, as `Allow` lists them; `nil` for a path nobody has.
    public func methods(_ segments: [String]) -> String? { router.methods(segments) }

    /// The contract that words an error which no route owns: the only one that has the path with other methods, else the
    /// one with the longest literal beginning of a pattern in common with it, else the first.
    ///
    /// - Parameter segments: None where the request could not be read so far.
    public func fallback(for segments: [String] = []) -> APIContract {
        owner(of: segments) ?? prefixes.longest(of: segments) ?? first
    }

    private func owner(of segments: [String]) -> APIContract? {
        let owners = router.all(segments).flatMap { claims[$0] }.map(\.contract)
        guard let owner = owners.first, owners.allSatisfy({ $0.name == owner.name }) else { return nil }
        return owner
    }
}

/// Why contracts cannot be served together.
public struct MountError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Sentences: `Route GET /health of 'm' is already taken by 'autopack'.`
    public let problems: [String]

    public var description: String { problems.joined(separator: "\n") }
}
