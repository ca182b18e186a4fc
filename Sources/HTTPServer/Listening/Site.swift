public import HTTPKit

/// What a listener serves: the routes of all contracts, what stands around them, and who is told of each request.
public struct Site: Sendable {
    let mounts: Mounts
    let frame: [Middleware]
    let observe: @Sendable (FinishedRequest) -> Void

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
    }
}
