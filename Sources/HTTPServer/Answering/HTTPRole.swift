import HTTPKit

/// A connection that speaks HTTP/1.1: one request after the other, however many have come (RFC 9112, section 9.3).
final class HTTPRole: Role {
    /// What the connection waits for, and has a time for.
    enum Phase {
        case idle
        case head
        case body
        /// A worker finds the answer, and takes the time it takes.
        case worker
        /// The client does not take what is sent to it.
        case output
    }

    unowned let connection: Connection
    let peer: String
    var parser: RequestParser
    var pending: PendingRequest?
    /// Who finds the answer to a request.
    var worker: Workers.Busy?
    var phase = Phase.head
    /// Whether the last response is written.
    var hasAnsweredLast = false
    /// Whether another role has taken the connection over, or it is closed.
    var isOver = false
    /// How often the client was told that its answer is being found.
    private var workSigns = 0
    private static let mostWorkSigns = 5
    /// What was sent when the time of the output was set.
    private var sentBefore = 0

    /// Bytes of requests that wait, and of responses, beyond which nothing more is read.
    private static let mostWaiting = 64 << 10

    var loop: EventLoop { connection.loop }

    init(_ connection: Connection) {
        self.connection = connection
        peer = connection.peer.text
        parser = RequestParser(limits: connection.loop.settings.limits)
        connection.set(due: loop.now + loop.times.header)
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        parser.append(bytes)
        advance()
    }

    func inputEnded() { settle() }

    func sentSome() { advance() }

    func look() {}

    func shutDown() { settle() }

    func lost() {
        isOver = true
        if let worker { loop.workers.cancel(worker) }
        worker = nil
    }

    func timeHasCome() {
        switch phase {
        case .idle: connection.close()
        case .head where !parser.isAmidRequest: connection.close()
        case .head: refuse(HTTPError(.requestTimeout, "The head of the request did not come in time."))
        case .body: refuse(HTTPError(.requestTimeout, "The body of the request did not come in time."))
        case .worker: tellOfWork()
        case .output: checkProgress()
        }
    }

    /// Who hears nothing for minutes hangs up, and so does whatever stands in between. That the client may go on with its
    /// request says so to all that were tried (curl, Python, Node, and nginx in between); 102, which is meant for it, is an error
    /// to Python. Go takes five such signs for an answer, and no sixth.
    private func tellOfWork() {
        connection.send(copying: ResponseHead.goOn)
        if connection.unsent > 0 { connection.flush() }
        workSigns += 1
        connection.set(due: workSigns < Self.mostWorkSigns ? loop.now + loop.times.workSign : .max)
    }

    private func checkProgress() {
        guard connection.sent > sentBefore else {
            loop.counters.dropped.add(1)
            return connection.close()
        }
        sentBefore = connection.sent
        connection.set(due: loop.now + loop.times.stall)
    }
}

// Reading.
extension HTTPRole {
    /// Reads and answers as many requests as can be answered at once, and sends the responses together.
    func advance() {
        do throws(HTTPError) {
            while worker == nil, !isOver, !hasAnsweredLast, connection.unsent + loop.scratch.count < Self.mostWaiting,
                let piece = try parser.next()
            {
                switch piece {
                case .head(let head): try begin(head)
                case .body(let body): end(body)
                }
            }
            sendWritten()
        } catch {
            refuse(error)
        }
        settle()
    }

    private func begin(_ head: RequestHead) throws(HTTPError) {
        let (target, plan) = try find(head)
        let id = loop.ids.id(for: head.headers["x-request-id"])
        pending = PendingRequest(head, target, plan, id: id)
        parser.limits.body = plan.bodyLimit
        if head.expectsContinue { try invite(head, plan) }
    }

    private func find(_ head: RequestHead) throws(HTTPError) -> (RequestTarget, Plan) {
        if head.method == .get, let prepared = loop.site.prepared[head.target] {
            return (prepared.target, prepared.plan)
        }
        let isOfServer = head.target == "*" && head.method == .options
        let target = isOfServer ? RequestTarget.server : try RequestTarget(head.target)
        return (target, loop.site.mounts.plan(head.method, target))
    }

    /// Tells the client to send its body, unless the answer is known without it.
    private func invite(_ head: RequestHead, _ plan: Plan) throws(HTTPError) {
        if case .refusal(let error, _) = plan { throw error }
        switch head.framing {
        case .length(0): break
        case .length(...plan.bodyLimit), .chunked: loop.scratch += ResponseHead.goOn
        case .length: break
        }
    }

    private func end(_ body: [UInt8]) {
        guard let pending else { return }
        switch pending.plan {
        case .immediate(let claimant, let parameters, let respond):
            var request = pending.request(body, peer: peer)
            request.parameters = parameters
            answerAtOnce(request, claimant, respond)
        case .refusal(let error, let contract) where loop.site.frame.isEmpty:
            write(contract.response(to: error), Parties(contract: contract.name))
        default:
            let request = pending.request(body, peer: peer)
            worker = loop.workers.begin(Worker.Job(ticket: connection.ticket, request: request, plan: pending.plan))
        }
    }

    private func answerAtOnce(_ request: HTTPRequest, _ claimant: Mounts.Claimant, _ respond: Plan.Respond) {
        var response: HTTPResponse
        do throws(HTTPError) { response = try respond(request) } catch {
            response = claimant.contract.response(to: error)
        }
        if let floor = loop.settings.compressionFloor {
            ContentCoding.apply(to: &response, of: request, floor: floor)
        }
        write(response, Parties(contract: claimant.contract.name, pattern: claimant.route.pattern.text))
    }

    /// Says what the connection waits for next, and until when.
    func settle() {
        guard !isOver else { return }
        if worker != nil {
            wait(.worker)
        } else if connection.unsent > 0 {
            wait(.output)
        } else if hasAnsweredLast {
            connection.linger()
        } else if connection.inputHasEnded || loop.isEnding && pending == nil && !parser.isAmidRequest {
            connection.close()
        } else {
            wait(pending != nil ? .body : parser.isAmidRequest ? .head : phase == .head ? .head : .idle)
        }
    }

    private func wait(_ next: Phase) {
        if next == .output || parser.unread > Self.mostWaiting { connection.pause() } else { connection.resume() }
        guard next != phase || next == .idle else { return }
        phase = next
        sentBefore = connection.sent
        let times = loop.times
        switch next {
        case .idle: connection.set(due: loop.now + times.idle)
        case .head: connection.set(due: loop.now + times.header)
        case .body: connection.set(due: loop.now + times.body)
        case .worker:
            workSigns = 0
            connection.set(due: pending?.isToldOfWork == true ? loop.now + times.workSign : .max)
        case .output: connection.set(due: loop.now + times.stall)
        }
    }
}
