import HTTPKit

/// A request that was begun and not answered yet.
final class PendingRequest {
    let head: RequestHead
    let target: RequestTarget
    let plan: Plan
    let id: String
    let began = ContinuousClock.now

    init(_ head: RequestHead, _ target: RequestTarget, _ plan: Plan, id: String) {
        self.head = head
        self.target = target
        self.plan = plan
        self.id = id
    }

    /// Whether the client is told that its answer is being found. Those of HTTP/1.0 know no such answers (RFC 9110, section
    /// 15.2).
    var isToldOfWork: Bool {
        guard case .route(let found) = plan, !head.isOld else { return false }
        return found.claimants.contains { $0.route.waits }
    }

    func request(_ body: [UInt8], peer: String) -> HTTPRequest {
        HTTPRequest(head.method, target, headers: head.headers, body: body, peer: peer, id: id)
    }

    /// What is said of it once it is over.
    func finished(_ status: HTTPStatus, bytes: Int, peer: String, _ parties: Parties) -> FinishedRequest {
        FinishedRequest(
            head.method,
            path: target.path,
            pattern: parties.pattern,
            contract: parties.contract,
            status: status,
            bytesOut: bytes,
            duration: began.duration(to: .now),
            peer: peer,
            id: id,
            principal: parties.principal
        )
    }
}
