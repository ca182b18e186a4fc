import FoundationEssentials
public import PipelineKit

/// A service of models that is reached over HTTP, whatever it speaks.
public struct ModelService<Speech: Dialect>: Sendable {
    /// `https://api.openai.com/v1`, without a slash at its end.
    public var baseURL: String
    /// `nil` for a service that asks for none.
    public var key: ServiceKey?
    /// Sent with every request, after those of the dialect.
    public var headers: [TransportRequest.Header]
    public var timeouts: TransportRequest.Timeouts
    public var dialect: Speech

    public init(
        baseURL: String,
        key: ServiceKey?,
        headers: [TransportRequest.Header] = [],
        timeouts: TransportRequest.Timeouts = TransportRequest.Timeouts(),
        speaking dialect: Speech
    ) {
        self.baseURL = baseURL
        self.key = key
        self.headers = headers
        self.timeouts = timeouts
        self.dialect = dialect
    }

    /// Streams pieces to `context.emit` and returns the whole.
    ///
    /// - Throws: ``Failure`` with the service's own words, in which no key and no value of a header occurs.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        do throws(Failure) {
            return try await ask(request, in: context)
        } catch {
            // A short header is a word that may well stand in a sentence for itself.
            let long = headers.map(\.value).filter { $0.count >= 8 }
            throw error.redacting([key?.value].compactMap(\.self) + long)
        }
    }

    private func ask(_ request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let sent = transportRequest(request)
        let host = try RequestTarget(of: sent).host
        let response = try await context.transport.send(sent)
        guard 200..<300 ~= response.status else { throw await refusal(response, of: request, by: host) }
        var reader = AnswerReader<Speech.Draft>(request, of: sent.body.count, from: host)
        var failure: Failure?
        do throws(Failure) {
            while !reader.isDone, let bytes = try await response.body.next() {
                for piece in try reader.take(bytes) { context.emit(piece) }
            }
        } catch {
            failure = error
        }
        do throws(Failure) {
            let (pieces, reply) = try reader.finish(after: failure)
            for piece in pieces { context.emit(piece) }
            return reply
        } catch {
            // The service had begun to answer, so it had begun to charge.
            throw error.afterWork
        }
    }

    private func transportRequest(_ request: ModelRequest) -> TransportRequest {
        let sent: [TransportRequest.Header] = [
            .init("Content-Type", "application/json"), .init("Accept", "text/event-stream, application/json"),
        ]
        return TransportRequest(
            url: baseURL + dialect.path(for: request),
            headers: sent + dialect.headers(with: key) + headers,
            body: dialect.body(for: request).encoded(),
            timeouts: timeouts
        )
    }

    private func refusal(_ response: TransportResponse, of request: ModelRequest, by host: String) async -> Failure {
        let body: [UInt8]
        do throws(Failure) { body = try await response.body.beginning(of: 64 << 10) } catch {
            if error.kind == .cancelled { return error }
            body = []  // the status says enough
        }
        let path = URLComponents(string: baseURL).map { $0.path + dialect.path(for: request) } ?? ""
        return Refusal(host: host, request: request, path: path, key: key)
            .failure(status: response.status, headers: response.headers, body: body, now: Instant(Date()))
    }
}

extension TransportBody {
    /// The first bytes, at most about so many.
    fileprivate func beginning(of limit: Int) async throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit, let piece = try await next() { bytes += piece }
        return Array(bytes.prefix(limit))
    }
}

extension Failure {
    fileprivate var afterWork: Failure {
        var failure = self
        failure.mayHaveCost = kind != .cancelled
        return failure
    }
}
