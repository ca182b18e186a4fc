import HTTPKit

/// Which contracts claim which route, and which of them may not.
struct ClaimTable {
    private(set) var router = Router<Int>()
    /// What the router's values stand for.
    private(set) var claims: [[Mounts.Claimant]] = []
    private(set) var problems: [String] = []

    init(_ contracts: [APIContract]) {
        var names: Set<String> = []
        for contract in contracts {
            if !names.insert(contract.name).inserted {
                problems.append("Two contracts are named '\(contract.name)'.")
            }
            for route in contract.routes { add(Mounts.Claimant(contract: contract, route: route)) }
        }
    }

    private mutating func add(_ claimant: Mounts.Claimant) {
        let route = claimant.route
        guard let place = router.add(route.method, route.pattern, claims.count) else {
            claims.append([claimant])
            return
        }
        if let owner = claims[place].first(where: { !$0.shares(with: claimant) }) {
            problems.append(
                "Route \(route.method) \(route.pattern.text) of '\(claimant.contract.name)' is already taken by "
                    + "'\(owner.contract.name)'."
            )
        } else {
            claims[place].append(claimant)
        }
    }
}

extension Mounts.Claimant {
    /// Whether the two can be told apart by the run that a path names: both name it, in the same place.
    func shares(with other: Self) -> Bool {
        guard contract.name != other.contract.name, let place = route.pattern.runPlace else { return false }
        return other.route.pattern.runPlace == place
    }
}

extension PathPattern {
    /// Which of the parameters names a run; `nil` for a pattern without one.
    ///
    /// `{id}` does where nothing says it better: in `/runs/{run_id}/approvals/{id}` it is the approval.
    var runPlace: Int? {
        for name in ["run", "run_id", "id"] {
            if let place = parameters.firstIndex(of: name) { return place }
        }
        return nil
    }
}
