public import PipelineKit
import Synchronization

/// Plays answers instead of sending requests, and keeps the requests.
public final class RecordedTransport: HTTPTransport {
    /// One answer of a service, piece by piece.
    public struct Answer: Sendable {
        public var status: Int
        /// By name in lower case.
        public var headers: [String: String]
        public var pieces: [[UInt8]]
        /// What breaks the connection after the last piece; `nil` when the answer ends as it should.
        public var end: Failure?

        public init(status: Int = 200, headers: [String: String] = [:], pieces: [[UInt8]], end: Failure? = nil) {
            self.status = status
            self.headers = headers
            self.pieces = pieces
            self.end = end
        }

        /// An answer in one piece.
        public init(status: Int = 200, headers: [String: String] = [:], _ text: String) {
            self.init(status: status, headers: headers, pieces: [Array(text.utf8)])
        }

        public var bytes: [UInt8] { pieces.flatMap(\.self) }
    }

    private let answers: @Sendable (Int) throws(Failure) -> Answer
    private let sent = Mutex<[TransportRequest]>([])

    /// Gives the same answer to every request.
    public init(_ answer: Answer) { answers = { _ throws(Failure) in answer } }

    /// Fails every request.
    public init(failing failure: Failure) { answers = { _ throws(Failure) in throw failure } }

    /// Gives the answers one after the other.
    public init(_ answers: [Answer]) {
        self.answers = { number throws(Failure) in
            guard number < answers.count else {
                throw Failure(.unavailable, "Only \(answers.count) answers are recorded.")
            }
            return answers[number]
        }
    }

    /// The requests so far, in the order they came.
    public var requests: [TransportRequest] { sent.withLock(\.self) }

    public func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        let number = sent.withLock { sent in
            sent.append(request)
            return sent.count - 1
        }
        let answer = try answers(number)
        let tape = Tape(answer)
        let body = TransportBody { () throws(Failure) in try tape.next() }
        return TransportResponse(status: answer.status, headers: answer.headers, body: body)
    }
}

/// The rest of an answer that is being read.
private final class Tape: Sendable {
    private let rest: Mutex<ArraySlice<[UInt8]>>
    private let end: Failure?

    init(_ answer: RecordedTransport.Answer) {
        rest = Mutex(answer.pieces[...])
        end = answer.end
    }

    func next() throws(Failure) -> [UInt8]? {
        if let piece = rest.withLock({ $0.popFirst() }) { return piece }
        if let end { throw end }
        return nil
    }
}
