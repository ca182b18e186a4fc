import PipelineKit

/// Sends one message, and reads as much of the answer as matters.
struct PushPost: Sendable {
    let transport: any HTTPTransport
    let address: PushAddress

    /// Bytes of an answer that are looked at.
    private static let mostBytes = 16 << 10
    /// A person waits at the other end, and the message is sent again if need be.
    private static let timeouts = TransportRequest.Timeouts(
        connect: .seconds(10),
        firstByte: .seconds(20),
        idle: .seconds(20),
        total: .seconds(30)
    )

    struct Answer: Sendable {
        var status: Int
        var retryAfter: Double?
        var body: [UInt8]

        var isSuccess: Bool { (200..<300).contains(status) }
    }

    /// - Parameter path: What follows the address.
    func callAsFunction(
        _ path: String = "",
        headers: [TransportRequest.Header],
        body: [UInt8]
    ) async throws(Failure) -> Answer {
        let request = TransportRequest(
            url: address.text + path,
            headers: headers + [.init("content-type", "application/json")],
            body: body,
            timeouts: Self.timeouts
        )
        let response = try await transport.send(request)
        var read: [UInt8] = []
        while read.count < Self.mostBytes, let piece = try await response.body.next() { read += piece }
        let wait = response.headers["retry-after"].flatMap(Double.init)
        return Answer(status: response.status, retryAfter: wait, body: Array(read.prefix(Self.mostBytes)))
    }

    /// What an answer that is no yes comes to.
    ///
    /// - Parameter reason: The service's own word for it; none that could hold what was sent.
    func refusal(_ answer: Answer, reason: String? = nil) -> PushOutcome {
        let words = reason.map { " (\($0))" } ?? ""
        let sentence = "'\(address.host)' answered with \(answer.status)\(words)."
        let mayRetry = answer.status == 429 || answer.status >= 500
        let kind: Failure.Kind = answer.status == 429 ? .rateLimited : mayRetry ? .unavailable : .invalidInput
        return .failed(Failure(kind, sentence, retryAfter: answer.retryAfter), mayRetry: mayRetry)
    }
}

extension PushOutcome {
    /// What never came to an answer.
    init(_ failure: Failure) {
        switch failure.kind {
        case .unavailable, .timedOut, .rateLimited: self = .failed(failure, mayRetry: true)
        case .invalidInput, .missing, .denied, .cancelled: self = .failed(failure, mayRetry: false)
        }
    }
}
