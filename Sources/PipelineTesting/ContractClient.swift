public import HTTPKit
public import PipelineKit

/// Speaks to contracts as their clients do: in memory, or over a port.
public protocol ContractClient: Sendable {
    /// - Parameter target: Path and query: `/api/runs?limit=5`.
    func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders,
        body: [UInt8]
    ) async throws -> HTTPResponse

    /// Opens a WebSocket, or server-sent events.
    ///
    /// - Throws: when the answer is no stream.
    func open(_ target: String, headers: HTTPHeaders) async throws -> any ClientStream
}

/// What a client receives in a stream.
public protocol ClientStream: Sendable {
    /// The next text; `nil` once the stream has ended.
    func next() async throws -> String?
    /// What a WebSocket was closed with; `nil` while it is open, and of server-sent events.
    var closeCode: Int? { get async }
    /// Goes away without a word.
    func leave() async
}

extension ContractClient {
    public func get(_ target: String) async throws -> HTTPResponse {
        try await send(.get, target, headers: HTTPHeaders(), body: [])
    }

    /// Sends a JSON body.
    public func send(_ method: HTTPMethod, _ target: String, _ body: JSONValue) async throws -> HTTPResponse {
        try await send(method, target, headers: ["content-type": "application/json"], body: body.encoded())
    }

    public func post(_ target: String, _ body: JSONValue = [:]) async throws -> HTTPResponse {
        try await send(.post, target, body)
    }

    public func open(_ target: String) async throws -> any ClientStream {
        try await open(target, headers: HTTPHeaders())
    }

    /// All texts of a stream, to its end.
    public func listen(_ target: String) async throws -> (texts: [JSONValue], closeCode: Int?) {
        let stream = try await open(target)
        var texts: [JSONValue] = []
        while let text = try await stream.next() { texts.append(try JSONValue(parsing: text)) }
        return (texts, await stream.closeCode)
    }
}

extension ClientStream {
    /// Reads on until a text fulfils a condition; `nil` when the stream ends before.
    public func next(where condition: (JSONValue) -> Bool) async throws -> JSONValue? {
        while let text = try await next() {
            let json = try JSONValue(parsing: text)
            if condition(json) { return json }
        }
        return nil
    }
}

extension HTTPResponse {
    /// - Throws: ``PipelineKit/JSONError`` when the body is none.
    public func json() throws(JSONError) -> JSONValue { try JSONValue(parsing: body) }

    public var bodyText: String { String(decoding: body, as: UTF8.self) }
}
