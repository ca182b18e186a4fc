/// Sends one HTTP request; a fake in tests.
public protocol HTTPTransport: Sendable {
    /// Sends the request and returns as soon as the head of the answer is there.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when there is no connection, ``Failure/Kind/timedOut`` when no head came
    ///   in time, ``Failure/Kind/cancelled`` when the task was cancelled.
    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse
}

/// Refuses every request, where there is no way to the network.
public struct NoTransport: HTTPTransport {
    public init() {}

    /// - Throws: ``Failure/Kind/unavailable``, always.
    public func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        throw Failure(.unavailable, "There is no way to the network here.")
    }
}

public struct TransportRequest: Sendable, Hashable {
    public var method: String
    public var url: String
    /// In the order they are sent.
    public var headers: [Header]
    public var body: [UInt8]
    public var timeouts: Timeouts
    public var addresses: Addresses

    /// Which addresses may be connected to, whatever name stands in the URL.
    public enum Addresses: Sendable, Hashable {
        case any
        /// None of this machine, of a private network or of any other block that is not the public internet's; by a
        /// connection of its own, and by no proxy, as a proxy resolves names itself.
        case publicOnly
    }

    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// How long each part of an exchange may take.
    public struct Timeouts: Sendable, Hashable {
        public var connect: Duration
        /// From the last byte of the request to the head of the answer: a service that does not stream, or that thinks
        /// first, sends nothing until it is done. As long as OpenAI's and Anthropic's own libraries wait (10 minutes,
        /// `DEFAULT_TIMEOUT` of openai 3.54 and anthropic 2.12).
        public var firstByte: Duration
        /// Between two pieces of the answer, and of the request.
        public var idle: Duration
        public var total: Duration
        public init(
            connect: Duration = .seconds(10),
            firstByte: Duration = .seconds(600),
            idle: Duration = .seconds(120),
            total: Duration = .seconds(900)
        ) {
            self.connect = connect
            self.firstByte = firstByte
            self.idle = idle
            self.total = total
        }
    }

    public init(
        method: String = "POST",
        url: String,
        headers: [Header],
        body: [UInt8],
        timeouts: Timeouts = Timeouts(),
        addresses: Addresses = .any
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.addresses = addresses
    }
}

public struct TransportResponse: Sendable {
    public var status: Int
    /// By name in lower case.
    public var headers: [String: String]
    public var body: TransportBody

    public init(status: Int, headers: [String: String], body: TransportBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The pieces of an answer, each awaited; nothing is read ahead of whoever reads.
public struct TransportBody: Sendable {
    /// The next piece, or `nil` at the end.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when the stream was cut, ``Failure/Kind/timedOut`` when it stalled.
    public var next: @Sendable () async throws(Failure) -> [UInt8]?

    public init(next: @escaping @Sendable () async throws(Failure) -> [UInt8]?) { self.next = next }
}
