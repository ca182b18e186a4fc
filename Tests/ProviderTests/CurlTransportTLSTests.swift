import Foundation
import PipelineKit
import ProviderKit
import Testing

/// Certificates are verified, always.
@Suite(.timeLimit(.minutes(5)))
struct CurlTransportTLSTests {
    /// Runs a server that has made a certificate for itself.
    private func withServer(_ body: (_ server: ModelServer, _ certificate: String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pem").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await ModelServer.run("model_server.py", ["--tls", file]) { try await body($0, file) }
    }

    private func get(_ url: String) -> TransportRequest {
        TransportRequest(method: "GET", url: url, headers: [.init("Authorization", "Bearer secret")], body: [])
    }

    @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
        try await withServer { server, _ in
            await #expect {
                try await CurlTransport().send(get(server.url("/echo", scheme: "https")))
            } throws: { error in
                let failure = error as? Failure
                let start = "The certificate of '127.0.0.1:\(server.port)' is not trusted: "
                return failure?.kind == .missing && failure?.message.hasPrefix(start) == true
            }
        }
    }

    @Test func aCertificateThatIsTrustedIsAccepted() async throws {
        try await withServer { server, certificate in
            let transport = CurlTransport(trusting: certificate)
            let response = try await transport.send(get(server.url("/echo", scheme: "https")))
            #expect(response.status == 200)
        }
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        try await withServer { server, certificate in
            await #expect {
                try await CurlTransport(trusting: certificate).send(get("https://localhost:\(server.port)/echo"))
            } throws: { error in
                (error as? Failure)?.message.hasPrefix("The certificate of 'localhost:\(server.port)' is not trusted")
                    == true
            }
        }
    }
}
