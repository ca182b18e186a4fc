import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// Who asks for something that takes minutes hears meanwhile that it is being found.
@Suite(.timeLimit(.minutes(5)))
struct WorkSignTests {
    private static let sign = "HTTP/1.1 100 Continue\r\n\r\n"

    private func heard(_ request: String, waits: Bool, signs: Int) async throws -> String {
        let gate = TestGate()
        var route = Route.get("/slow") { _ throws(HTTPError) in
            await gate.pass()
            return HTTPResponse(type: "text/plain", body: Array("found".utf8))
        }
        route.waits = waits
        let more = Route(.get, "/health", handler: .immediate { _ in .text("fine") })
        return try await serving(settings { $0.workSign = .milliseconds(5) }, [route, more]) { listener in
            let client = RawClient(listener.port)
            client.send(request)
            var heard = ""
            for _ in 0..<signs { heard += client.take(through: "\r\n\r\n") }
            // Long enough for a sign, or one more of them.
            let other = RawClient(listener.port)
            for _ in 0..<300 { _ = other.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n") }
            gate.open()
            let response = client.response()
            return heard + (response.map { String(decoding: $0.body, as: UTF8.self) } ?? "nothing")
        }
    }

    @Test func fiveSignsComeAndThenTheAnswer() async throws {
        let request = "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let heard = try await heard(request, waits: true, signs: 5)
        #expect(heard == String(repeating: Self.sign, count: 5) + "found")
    }

    @Test func othersHearNothing() async throws {
        let request = "GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        #expect(try await heard(request, waits: false, signs: 0) == "found")
        let old = "GET /slow HTTP/1.0\r\nHost: localhost\r\n\r\n"
        let said = try await heard(old, waits: true, signs: 0)
        #expect(said == "found", "no client of HTTP/1.0 knows what comes before an answer")
    }
}
