public import PipelineKit
import Synchronization

/// Sends nothing for a while to a service that failed several times in a row, so that many runs neither wait for it
/// again and again nor keep it down; then one request tries whether it is back.
///
/// A failure is no connection, no answer in time, or a status from 500 on; every other answer says that the service is
/// there. What one run learns holds for all of the process, for each scheme, host and port by itself.
public final class CircuitBreaker: HTTPTransport {
    /// So many failures in a row open the circuit.
    public static let most = 5
    /// For how long it is open, and the longest that one request may try whether the service is back.
    public static let pause = Duration.seconds(30)
    /// When whoever came during a trial is to come back.
    static let afterTrial = 5.0

    private struct Circuit {
        var failures = 0
        /// Nothing is sent until then.
        var openUntil: Instant?
        /// A request is on its way that tries whether the service is back; no other one until then.
        var trialUntil: Instant?
    }

    private let transport: any HTTPTransport
    private let now: @Sendable () -> Instant
    /// Of services that failed last; the others have none.
    private let circuits = Mutex<[String: Circuit]>([:])

    public init(_ transport: any HTTPTransport, now: @escaping @Sendable () -> Instant) {
        self.transport = transport
        self.now = now
    }

    /// - Throws: ``Failure/Kind/unavailable`` that is postponed, without anything sent, while the circuit is open.
    public func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        let endpoint = Self.endpoint(of: request)
        try pass(request, to: endpoint)
        do throws(Failure) {
            let response = try await transport.send(request)
            note(endpoint, isThere: response.status < 500)
            return response
        } catch {
            switch error.kind {
            case .unavailable, .timedOut: note(endpoint, isThere: false)
            default: endTrial(endpoint)
            }
            throw error
        }
    }

    private func pass(_ request: TransportRequest, to endpoint: String) throws(Failure) {
        let now = now()
        let delay: Double? = circuits.withLock { circuits in
            guard let circuit = circuits[endpoint], let open = circuit.openUntil else { return nil }
            if open > now { return (open - now).seconds }
            if let trial = circuit.trialUntil, trial > now { return Self.afterTrial }
            circuits[endpoint]?.trialUntil = now + Self.pause
            return nil
        }
        guard let delay else { return }
        throw Failure(
            .unavailable,
            "'\(try RequestTarget(of: request).host)' failed \(Self.most) times in a row, so it is left alone for a while.",
            retryAfter: delay,
            isPostponed: true
        )
    }

    private func note(_ endpoint: String, isThere: Bool) {
        let now = now()
        circuits.withLock { circuits in
            if isThere {
                circuits[endpoint] = nil
                return
            }
            var circuit = circuits[endpoint] ?? Circuit()
            circuit.failures += 1
            circuit.trialUntil = nil
            if circuit.failures >= Self.most { circuit.openUntil = now + Self.pause }
            circuits[endpoint] = circuit
        }
    }

    private func endTrial(_ endpoint: String) { circuits.withLock { $0[endpoint]?.trialUntil = nil } }

    /// Who is asked, whatever for: `https://api.openai.com`. The transport says what is wrong with a URL that has no host.
    private static func endpoint(of request: TransportRequest) -> String {
        let parts = request.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/").lowercased()
    }
}
