public import HTTPKit

/// What a listener serves: the routes of all contracts, what stands around them, and who is told of each request.
public struct Site: Sendable {
    let mounts: Mounts
    let frame: [Middleware]
    let observe: @Sendable (FinishedRequest) -> Void
    /// What requests lead to that are answered at once, by targets that need no looking up.
    let prepared: [String: Prepared]

    struct Prepared: Sendable {
        let target: RequestTarget
        let plan: Plan
    }

    /// - Parameters:
    ///   - frame: Middleware around every route of every contract, and around what no route answers; the first is asked
    ///     first. Routes that are answered at once (``Route/Handler/immediate(_:)``) have none.
    ///   - observe: Called on the event loop with every request that was answered; it must return soon.
    public init(
        _ mounts: Mounts,
        frame: [Middleware] = [],
        observe: @escaping @Sendable (FinishedRequest) -> Void = { _ in }
    ) {
        self.mounts = mounts
        self.frame = frame
        self.observe = observe
        prepared = Self.prepare(mounts)
    }

    /// Each is found once in the way in which every other request is found, so that both always say the same.
    private static func prepare(_ mounts: Mounts) -> [String: Prepared] {
        let routes = mounts.claims.compactMap(\.first?.route).filter { $0.method == .get }
        let pairs = routes.compactMap { route -> (String, Prepared)? in
            let text = route.pattern.text
            guard route.pattern.parameters.isEmpty, let target = try? RequestTarget(text), target.path == text,
                case let plan = mounts.plan(.get, target), case .immediate = plan
            else { return nil }
            return (text, Prepared(target: target, plan: plan))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
