import HTTPKit
import HTTPServer
import PipelineKit
import Synchronization
import Testing

/// The doors in front of a contract, over sockets, as a client that is not ours meets them.
struct DoorwayTests {
    private let tickets = Tickets { Instant(milliseconds: 0) }
    private let metrics = Metrics()
    private let lines = Lines()

    private final class Lines: Sendable {
        private let text = Mutex("")
        func add(_ line: [UInt8]) { text.withLock { $0 += String(decoding: line, as: UTF8.self) } }
        var all: String { text.withLock(\.self) }
    }

    private func doors() throws -> Doors {
        let now: @Sendable () -> Instant = { Instant(milliseconds: 0) }
        return Doors(
            hosts: HostCheck(),
            origins: try Origins(["https://ci.example.org"]),
            authentication: Authentication(
                isRequired: { () throws(HTTPError) in true },
                find: { key throws(HTTPError) in key == "right" ? Principal(name: "ci") : nil },
                tickets: tickets,
                failures: RateLimit(rate: 1, burst: 2, now: now)
            ),
            limit: RateLimit(rate: 1_000, burst: 1_000, now: now)
        )
    }

    private func contract() -> APIContract {
        APIContract(
            name: "sample",
            routes: [
                Route(.get, "/health", handler: .immediate { _ throws(HTTPError) in .text("ok") }),
                .get("/runs/{id}") { request throws(HTTPError) in .text(request.principal?.name ?? "") },
                .post("/runs") { _ throws(HTTPError) in HTTPResponse(.created) },
                .webSocket("/ws/{id}") { _ throws(HTTPError) in
                    StreamSession(opened: { $0.close(.normal, "") })
                },
            ],
            render: { .text($0.message, status: $0.status) }
        )
    }

    /// Serves as long as a program of Python takes, and returns what it printed.
    private func meet(_ program: String) async throws -> String {
        let log = RequestLog(now: { Instant(milliseconds: 0) }, write: lines.add)
        let site = Site(try Mounts([contract()]) { _ in nil }, frame: try doors().frame) { request in
            log.record(request)
            metrics.record(request)
        }
        let listener = try HTTPListener(ListenerSettings(), site: site)
        async let served: Void = listener.run()
        let ticket = tickets.issue(for: Principal(name: "ada")).text
        let client = "PORT, TICKET = \(listener.port), '\(ticket)'\n" + Self.client + program
        do {
            let output = try await python(client)
            listener.shutDown(within: .zero)
            try await served
            return output
        } catch {
            listener.shutDown(within: .zero)
            throw error
        }
    }

    private static let client = """
        import http.client
        def ask(method, path, **fields):
            headers = {name.replace('_', '-'): value for name, value in fields.items()}
            connection = http.client.HTTPConnection('127.0.0.1', PORT, timeout=60)
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            body = '' if answer.status == 101 else answer.read().decode()
            print(answer.status, body, *[answer.headers.get(name) for name in SHOWN])
            connection.close()
        SHOWN = []
        SOCKET = dict(Upgrade='websocket', Connection='Upgrade', Sec_WebSocket_Version='13',
                      Sec_WebSocket_Key='dGhlIHNhbXBsZSBub25jZQ==')

        """

    @Test func eachDoorHoldsOverSockets() async throws {
        let told = try await meet(
            """
            ask('GET', '/health')
            ask('GET', '/runs/r1')
            ask('GET', '/runs/r1', Authorization='Bearer right')
            ask('GET', '/runs/r1', X_API_Key='wrong')
            ask('GET', '/runs/r1', X_API_Key='wrong')
            ask('GET', '/runs/r1', X_API_Key='wrong')
            ask('GET', '/nowhere')
            ask('GET', '/runs/r1', Host='evil.example', X_API_Key='right')
            ask('POST', '/runs', Origin='https://evil.example', X_API_Key='right')
            ask('POST', '/runs', Origin='https://ci.example.org', X_API_Key='right')
            ask('GET', '/ws/r1?ticket=' + TICKET, Origin='https://evil.example', **SOCKET)
            ask('GET', '/ws/r1?ticket=' + TICKET, **SOCKET)
            ask('GET', '/ws/r1?ticket=' + TICKET, **SOCKET)
            """
        )
        let askForKey = "401 This server asks for a key: send 'Authorization: Bearer KEY' or 'X-API-Key: KEY'."
        #expect(
            told.split(separator: "\n").map { $0.trimmed } == [
                "200 ok", askForKey, "200 ci", "401 This key is not known here.", "401 This key is not known here.",
                "429 Too many attempts with a wrong key: more than 1 a second. Try again in 1 s.", askForKey,
                "403 This server is not 'evil.example'. It answers to localhost, 127.0.0.1, [::1].",
                "403 Pages of 'https://evil.example' may not use this server.", "201",
                "403 Pages of 'https://evil.example' may not use this server.", "101",
                "429 Too many attempts with a wrong key: more than 1 a second. Try again in 1 s.",
            ]
        )
        #expect(lines.all.split(separator: "\n").count == 13)
        #expect(lines.all.contains(#""key":"ada","method":"GET","path":"/ws/r1","route":"/ws/{id}""#))
        #expect(!lines.all.contains("slt_"), "A ticket stands in the log.")
        #expect(!lines.all.contains("wrong"), "A key stands in the log.")
        #expect(metrics.text().contains(#"{contract="sample",method="GET",route="/runs/{id}",status="2xx"} 1"#))
    }

    @Test func aPageOfAListedOriginIsLetThrough() async throws {
        let told = try await meet(
            """
            SHOWN = ['Access-Control-Allow-Origin', 'Access-Control-Allow-Methods', 'Vary', 'X-Content-Type-Options']
            page = 'https://ci.example.org'
            ask('OPTIONS', '/runs', Origin=page, Access_Control_Request_Method='POST')
            ask('OPTIONS', '/runs', Origin='https://evil.example', Access_Control_Request_Method='POST')
            ask('GET', '/runs/r1', Origin=page)
            """
        )
        let lines = told.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines.first == "204  https://ci.example.org OPTIONS, POST origin nosniff")
        #expect(lines.dropFirst().first == "204  None None origin nosniff")
        #expect(lines.last?.hasSuffix("https://ci.example.org None origin nosniff") == true)
    }
}
