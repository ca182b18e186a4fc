import HTTPKit

// Answering.
extension HTTPRole {
    func answer(_ reply: Reply) {
        if let worker { loop.workers.end(worker) }
        worker = nil
        switch reply.content {
        case .response(let response):
            write(response, reply.parties)
            advance()
        case .webSocket(let fields, let session): open(session, .webSocket, fields, reply.parties)
        case .events(let session): open(session, .events, StreamRole.eventFields, reply.parties)
        }
    }

    /// Answers with an error after which nothing more can be read.
    func refuse(_ error: HTTPError) {
        hasAnsweredLast = true
        let contract = pending?.plan.contract ?? loop.site.mounts.fallback()
        write(contract.response(to: error), Parties(contract: contract.name))
        sendWritten()
        settle()
    }

    func write(_ response: HTTPResponse, _ parties: Parties) {
        if !(pending?.head.keepsAlive ?? false) || loop.isEnding { hasAnsweredLast = true }
        let head = ResponseHead(
            status: response.status,
            headers: response.headers,
            date: loop.date.bytes,
            id: pending?.id ?? loop.ids.next(),
            length: response.status.isBodiless ? nil : response.body.count,
            closes: hasAnsweredLast
        )
        let start = loop.scratch.count
        head.append(to: &loop.scratch)
        let bytes = loop.scratch.count - start
        let body = response.status.isBodiless || pending?.head.method == .head ? [] : response.body
        write(body)
        tell(response.status, bytes + body.count, parties, id: head.id)
        pending = nil
        phase = .idle
    }

    /// A large body is sent from where it lies.
    private func write(_ body: [UInt8]) {
        guard body.count > 16 << 10 else {
            loop.scratch += body
            return
        }
        connection.append(loop.scratch, endsMessage: false)
        connection.append(body)
        loop.scratch = []
    }

    func sendWritten() {
        connection.send(copying: loop.scratch)
        loop.scratch.removeAll(keepingCapacity: loop.scratch.count <= 256 << 10)
        if connection.unsent > 0 { connection.flush() }
    }

    private func tell(_ status: HTTPStatus, _ bytes: Int, _ parties: Parties, id: String) {
        loop.counters.requests.add(1)
        let finished = pending?.finished(status, bytes: bytes, peer: peer, parties)
        loop.site.observe(finished ?? unreadable(status, bytes, parties, id))
    }

    /// What is said of a request whose head could not be read.
    private func unreadable(_ status: HTTPStatus, _ bytes: Int, _ parties: Parties, _ id: String) -> FinishedRequest {
        FinishedRequest(
            HTTPMethod(""),
            path: "",
            pattern: nil,
            contract: parties.contract,
            status: status,
            bytesOut: bytes,
            duration: .zero,
            peer: peer,
            id: id
        )
    }

    /// Goes over from requests to a stream.
    private func open(_ session: StreamSession, _ wire: Frame.Wire, _ fields: HTTPHeaders, _ parties: Parties) {
        guard let pending else { return }
        self.pending = nil
        isOver = true
        var fields = fields
        for field in session.headers.fields { fields.append(field.name, field.value) }
        let status = wire == .webSocket ? HTTPStatus.switchingProtocols : .ok
        let head = ResponseHead(
            status: status,
            headers: fields,
            date: loop.date.bytes,
            id: pending.id,
            length: nil,
            closes: wire == .events
        )
        head.append(to: &loop.scratch)
        sendWritten()
        guard !connection.isClosed else { return }
        let finished = pending.finished(status, bytes: 0, peer: peer, parties)
        let role = StreamRole(connection, session, wire, finished, began: pending.began)
        connection.begin(role)
        role.open(rest: parser.takeRest())
    }
}
