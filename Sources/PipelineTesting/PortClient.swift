public import HTTPKit
import PipelineKit

/// Speaks to contracts over a port of this machine, with a connection for each request.
public struct PortClient: ContractClient {
    private let port: Int

    public init(port: Int) { self.port = port }

    public func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders,
        body: [UInt8]
    ) async throws -> HTTPResponse {
        let head = Self.head(method, target, headers, ["connection": "close", "content-length": "\(body.count)"])
        return try await onThread { [port] in
            let wire = try Wire(port: port)
            wire.send(head + body)
            return try wire.response()
        }
    }

    public func open(_ target: String, headers: HTTPHeaders) async throws -> any ClientStream {
        let upgrade: HTTPHeaders = [
            "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let head = Self.head(.get, target, headers, upgrade)
        return try await onThread { [port] in
            let wire = try Wire(port: port)
            wire.send(head)
            let (status, fields) = try wire.head()
            if status == .switchingProtocols { return PortStream(wire, isWebSocket: true) }
            if fields["content-type"] == "text/event-stream" { return PortStream(wire, isWebSocket: false) }
            let text = String(decoding: wire.body(fields), as: UTF8.self)
            throw Failure(.invalidInput, "'\(target)' is no stream, but \(status.code): \(text)")
        }
    }

    private static func head(
        _ method: HTTPMethod,
        _ target: String,
        _ headers: HTTPHeaders,
        _ others: HTTPHeaders
    ) -> [UInt8] {
        let fields = headers.fields + others.fields
        let lines = fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("\(method) \(target) HTTP/1.1\r\nhost: 127.0.0.1\r\n\(lines)\r\n".utf8)
    }
}

/// A WebSocket, or server-sent events, as a client reads it. One text is read at a time.
private actor PortStream: ClientStream {
    private let wire: Wire
    private let isWebSocket: Bool
    private(set) var closeCode: Int?

    init(_ wire: Wire, isWebSocket: Bool) {
        self.wire = wire
        self.isWebSocket = isWebSocket
    }

    func next() async throws -> String? {
        guard isWebSocket else { return try await onThread { [wire] in wire.event() } }
        let message = try await onThread { [wire] in wire.message() }
        switch message {
        case .text(let text): return text
        case .close(let code): closeCode = code
        case nil: break
        }
        return nil
    }

    func leave() { wire.leave() }
}

/// Does what blocks on a thread of its own.
private func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in
        do throws(Failure) {
            try BlockingThread.start { waiter.resume(with: Swift.Result { try work() }) }
        } catch {
            waiter.resume(throwing: error)
        }
    }
}
