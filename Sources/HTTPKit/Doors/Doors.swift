/// What every request passes before a contract sees it, in the order that makes it hold.
public struct Doors: Sendable {
    /// `nil` for a server that listens beyond loopback, and may be reached by any name.
    public var hosts: HostCheck?
    public var origins: Origins
    public var authentication: Authentication
    public var limit: RateLimit

    public init(hosts: HostCheck?, origins: Origins, authentication: Authentication, limit: RateLimit) {
        self.hosts = hosts
        self.origins = origins
        self.authentication = authentication
        self.limit = limit
    }

    /// The first is asked first: the fields stand on every answer, also on a refusal; who asks is known before they are
    /// counted, so that nobody uses up what belongs to another behind the same proxy.
    public var frame: [Middleware] {
        [
            SecurityHeaders().middleware, hosts?.middleware, origins.middleware, authentication.middleware,
            limit.middleware,
        ].compactMap(\.self)
    }
}
