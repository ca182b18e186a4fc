public import PipelineKit
import Synchronization

/// Sends requests with libcurl: one thread for all of them, connections kept and used again, HTTP/1.1 and HTTP/2.
///
/// An answer is read as fast as its reader takes it and no faster: a transfer whose reader lags by more than
/// ``readAhead`` bytes is paused. Certificates are always verified. Redirects are answers like any other, because a
/// request with a key in it goes where it was sent. Proxies are those of the environment (`https_proxy`, `no_proxy`), but
/// for requests to public addresses only, which go by none.
/// A host is sent so many requests at once as ``placesOfHost``; more of them wait for their turn.
/// An answer that is released unread is cut after ``patience``, and at once when its task is cancelled.
/// libcurl and the thread come with the first request; the thread ends when the transport and all answers that are
/// still being read are released.
public final class CurlTransport: HTTPTransport {
    /// Bytes of an answer that may wait for their reader before the transfer is paused. At most there are twice as many,
    /// and a piece of 16 KiB.
    public static let readAhead = 64 << 10
    /// Bytes of status line and headers that an answer may have.
    public static let headLimit = 64 << 10

    /// Requests to one host that are under way at the same time, and connections that are kept for later ones. Of 1,024
    /// descriptors, which is what a process often may have, three hosts leave a quarter.
    public static let placesOfHost = 256

    /// How long an answer that nobody reads to its end may go on, so that its connection can be used again; and no
    /// longer than for another ``readAhead`` bytes.
    public static let patience = Duration.seconds(1)

    private let authorities: String?
    private let loop = Mutex<CurlLoop?>(nil)

    /// - Parameter authorities: A PEM file of certificate authorities to trust instead of the system's.
    public init(trusting authorities: String? = nil) { self.authorities = authorities }

    deinit { loop.withLock { $0?.post(.stop) } }

    /// - Throws: ``Failure/Kind/missing`` when libcurl is not installed or the certificate is not trusted,
    ///   ``Failure/Kind/invalidInput`` for a URL or header that cannot be sent, and what the protocol says.
    public func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        let target = try RequestTarget(of: request)
        let loop = try openLoop()
        let exchange = Exchange(request, to: target, trusting: authorities, on: loop)
        loop.post(.start(exchange))
        let head = try await exchange.head().get()
        let reader = BodyReader(exchange, keeping: self)
        let body = TransportBody { () async throws(Failure) in try await reader.next() }
        return TransportResponse(status: head.status, headers: head.headers, body: body)
    }

    private func openLoop() throws(Failure) -> CurlLoop {
        try loop.withLock { (loop: inout CurlLoop?) throws(Failure) in
            if let loop { return loop }
            let new = try CurlLoop()
            try new.start()
            loop = new
            return new
        }
    }
}

/// Lets go of the transfer when nobody can read its answer any more.
private final class BodyReader: Sendable {
    private let exchange: Exchange
    private let transport: CurlTransport

    init(_ exchange: Exchange, keeping transport: CurlTransport) {
        self.exchange = exchange
        self.transport = transport
    }

    deinit { exchange.release() }

    func next() async throws(Failure) -> [UInt8]? { try await exchange.next().get() }
}
