import PipelineKit

extension Limits {
    /// The limits with those that options name set otherwise.
    func changed(iterations: Int?, cost: Money?, wall: Duration?, tokens: TokenCount?) throws(CommandError) -> Limits {
        var limits = self
        if let iterations {
            guard (1...10_000).contains(iterations) else {
                throw .usage("Option '--iterations' must be from 1 to 10000, but is \(iterations).")
            }
            limits.iterations = iterations
        }
        if let cost { limits.cost = cost }
        if let wall { limits.wall = wall }
        if let tokens { limits.tokens = tokens }
        return limits
    }
}
