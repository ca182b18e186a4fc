import PipelineKit
import ProviderKit

/// A server elsewhere, as its clients see it.
struct RemoteServer: Sendable {
    /// Without a slash at its end.
    let address: String
    /// From `SLUICE_KEY`; `nil` for a server that asks for none.
    let key: String?
    let transport: any HTTPTransport

    /// - Throws: for what is no address of a server.
    init(_ address: String, key: String?, transport: any HTTPTransport) throws(CommandError) {
        let isWeb = address.hasPrefix("http://") || address.hasPrefix("https://")
        guard isWeb, !address.contains(where: \.isWhitespace) else {
            throw .usage("Option '--server' must be an address such as http://127.0.0.1:8000, but is '\(address)'.")
        }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.key = key
        self.transport = transport
    }

    /// The JSON at a path.
    func get(_ path: String) async throws(CommandError) -> JSONValue {
        let response = try await open(path, accept: "application/json", after: nil)
        let bytes = try await all(response.body)
        do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
            throw .broken("\(address)\(path) did not answer with JSON: \(error)")
        }
    }

    /// The beginning of an answer, which is a yes.
    ///
    /// - Parameter after: The last event that is known, for a stream that goes on.
    func open(_ path: String, accept: String, after: String?) async throws(CommandError) -> TransportResponse {
        var headers = [TransportRequest.Header("Accept", accept)]
        if let key { headers.append(.init("Authorization", "Bearer \(key)")) }
        if let after { headers.append(.init("Last-Event-ID", after)) }
        let request = TransportRequest(
            method: "GET",
            url: address + path,
            headers: headers,
            body: [],
            timeouts: .init(firstByte: .seconds(90), idle: .seconds(90), total: .seconds(7 * 86_400))
        )
        let response: TransportResponse
        do throws(Failure) { response = try await transport.send(request) } catch {
            throw .broken("\(address) cannot be reached: \(error.message)")
        }
        guard response.status == 200 else { throw await refusal(response) }
        return response
    }

    private func refusal(_ response: TransportResponse) async -> CommandError {
        let body = (try? await all(response.body)).flatMap { try? JSONValue(parsing: $0) }
        let said = body?["detail"]?.text ?? "It answered with status \(response.status)."
        guard response.status != 401 else {
            return .usage("\(address): \(said) Put the key into the environment as SLUICE_KEY.")
        }
        return .usage("\(address): \(said)")
    }

    private func all(_ body: TransportBody) async throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(Failure) {
            while bytes.count < Self.mostBytes, let piece = try await body.next() { bytes += piece }
        } catch {
            throw .broken("\(address): \(error.message)")
        }
        return bytes
    }

    /// Of one answer that is read whole.
    private static let mostBytes = 16 << 20
}
