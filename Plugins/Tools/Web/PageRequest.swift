import PipelineKit

/// Gets a page, and where that leads elsewhere, the page there.
struct PageRequest {
    /// Hosts that may be asked.
    let hosts: [HostPattern]
    /// Those of them that may be at addresses which are not of the public internet.
    let privateHosts: [HostPattern]
    /// Bytes of a page that are read.
    let mostBytes: Int
    /// For all of it.
    let timeout: Duration

    struct Answer {
        var address: WebAddress
        var status: Int
        var type: MediaType
        var bytes: [UInt8]
        /// Whether there is more than was read.
        var isCut: Bool
    }

    private static let mostRedirects = 5

    /// - Throws: ``Failure/Kind/denied`` when it leads to a host, or a host is at an address, that may not be asked.
    func send(to first: WebAddress, by transport: any HTTPTransport) async throws(Failure) -> Answer {
        let end = ContinuousClock.now + timeout
        do throws(Failure) {
            return try await follow(first, by: transport, until: end)
        } catch {
            guard error.kind == .timedOut, ContinuousClock.now >= end else { throw error }
            throw Failure(.timedOut, "'\(first.place)' did not answer in full within \(timeout.written).")
        }
    }

    private func follow(
        _ first: WebAddress,
        by transport: any HTTPTransport,
        until end: ContinuousClock.Instant
    ) async throws(Failure) -> Answer {
        var (address, last) = (first, nil as WebAddress?)
        for _ in 0...Self.mostRedirects {
            try check(address, after: last)
            let response = try await transport.send(request(to: address, until: end))
            guard let place = response.redirection else { return try await read(response, of: address) }
            (address, last) = (try address.resolving(place), address)
        }
        throw Failure(.unavailable, "'\(first.place)' leads from page to page, more than \(Self.mostRedirects) times.")
    }

    /// - Throws: ``Failure/Kind/denied`` for a host that is not among ``hosts``.
    func check(_ address: WebAddress, after last: WebAddress? = nil) throws(Failure) {
        guard !hosts.contains(where: { $0.matches(address.host, port: address.port) }) else { return }
        let listed = hosts.map(\.description).joined(separator: ", ").shortened(to: 500)
        let led = last.map { " '\($0.place)' leads there." } ?? ""
        throw Failure(.denied, "'\(address.place)' is none of the hosts that may be asked: \(listed).\(led)")
    }

    private func request(to address: WebAddress, until end: ContinuousClock.Instant) -> TransportRequest {
        let left = max(ContinuousClock.now.duration(to: end), .milliseconds(1))
        let isPrivate = privateHosts.contains { $0.matches(address.host, port: address.port) }
        return TransportRequest(
            method: "GET",
            url: address.url,
            headers: [.init("Accept", "text/html, text/*;q=0.9, */*;q=0.5"), .init("Accept-Encoding", "identity")],
            body: [],
            timeouts: .init(connect: min(left, .seconds(10)), firstByte: left, idle: left, total: left),
            addresses: isPrivate ? .any : .publicOnly
        )
    }

    private func read(_ response: TransportResponse, of address: WebAddress) async throws(Failure) -> Answer {
        let (bytes, isCut) = try await response.read(mostBytes, of: address.place)
        let type = MediaType(response.headers["content-type"] ?? "")
        return Answer(address: address, status: response.status, type: type, bytes: bytes, isCut: isCut)
    }
}

extension TransportResponse {
    /// Where the answer sends whoever asked (RFC 9110, 15.4).
    var redirection: String? { [301, 302, 303, 307, 308].contains(status) ? headers["location"] : nil }

    /// Reads no more than so many bytes.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` for a body that is compressed: nobody asked for that, and few bytes may stand
    ///   for very many.
    func read(_ most: Int, of host: String) async throws(Failure) -> (bytes: [UInt8], isCut: Bool) {
        if let coding = headers["content-encoding"]?.lowercased(), !["", "identity"].contains(coding) {
            let name = coding.shortened(to: 40)
            throw Failure(
                .unavailable,
                "'\(host)' sent its answer in '\(name)', which was not asked for and is not read."
            )
        }
        var bytes: [UInt8] = []
        while let piece = try await body.next() {
            guard bytes.count + piece.count <= most else {
                return (bytes + piece.prefix(most - bytes.count), true)
            }
            bytes += piece
        }
        return (bytes, false)
    }
}
