import Foundation
import PipelineKit
import ProviderKit
import Testing

/// A server that a test started on a free port, as its clients see it.
struct Served {
    let running: Running
    let client: Client

    /// Starts `sluice serve` over the bench's directory, and waits until it listens.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - log: Where requests are written down.
    init(
        _ bench: Bench,
        port: Int = 0,
        log: String = "off",
        _ words: [String] = [],
        adding more: [String: String] = [:]
    ) async throws {
        let command = ["serve", "--port", "\(port)", "--root", bench.root, "--log", log] + words
        running = try bench.start(command, adding: more)
        guard let line = await running.wait(for: " at http://"),
            let port = line.split(separator: ":").last.flatMap({ Int($0.prefix { $0.isNumber }) })
        else {
            let ended = await running.ended()
            throw Failure(.unavailable, "The server did not listen: \(ended)")
        }
        client = Client(port: port)
    }

    /// Ends the server as a service manager does, and waits for its end.
    @discardableResult
    func stop() async -> Ended {
        running.send(SIGTERM)
        return await running.ended()
    }

    /// Ends the server as a power cut does.
    func kill() async {
        running.send(SIGKILL)
        _ = await running.ended()
    }
}

/// Hands over a server, which is gone afterwards however the body ends.
func withServer<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ bench: Bench,
    port: Int = 0,
    log: String = "off",
    _ words: [String] = [],
    adding more: [String: String] = [:],
    _ body: (Served) async throws -> Value
) async throws -> Value {
    let server = try await Served(bench, port: port, log: log, words, adding: more)
    defer { server.running.send(SIGKILL) }
    return try await body(server)
}

/// Speaks to a server on a port of this machine.
struct Client: Sendable {
    let port: Int
    var key: String?
    private static let transport = CurlTransport()

    init(port: Int, key: String? = nil) {
        self.port = port
        self.key = key
    }

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }
    func post(_ path: String, _ body: JSONValue = [:]) async throws -> Answer { try await send("POST", path, body) }

    func send(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        fields: [TransportRequest.Header] = []
    ) async throws -> Answer {
        let response = try await open(method, path, body, fields: fields)
        var bytes: [UInt8] = []
        while let piece = try await response.body.next() { bytes += piece }
        return Answer(status: response.status, headers: response.headers, body: bytes)
    }

    func open(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        after: Int = 0,
        fields: [TransportRequest.Header] = []
    ) async throws -> TransportResponse {
        var headers = fields
        if let key { headers.append(.init("Authorization", "Bearer \(key)")) }
        if body != nil { headers.append(.init("Content-Type", "application/json")) }
        if after > 0 { headers.append(.init("Last-Event-ID", "\(after)")) }
        return try await Self.transport.send(
            TransportRequest(
                method: method,
                url: "http://127.0.0.1:\(port)\(path)",
                headers: headers,
                body: body?.encoded() ?? []
            )
        )
    }

    /// The sequences of a run's events as a stream brings them, until it ends or is cut; pieces left out.
    func follow(_ run: String, after: Int, _ take: (Int, JSONValue) throws -> Void) async throws {
        let response = try await open("GET", "/api/v1/runs/\(run)/stream", after: after)
        guard response.status == 200 else { throw Failure(.missing, "status \(response.status)") }
        var reader = ServerSentEventReader()
        while let bytes = try await response.body.next() {
            for event in try reader.take(bytes) where event.type == "message" {
                let json = try JSONValue(parsing: event.data)
                try take(try #require(json["sequence"]?.integer), json)
            }
        }
    }
}
