import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// Clients that take their time, and too many of them. The times are short here; nothing sleeps but the socket.
struct PatienceTests {
    @Test func aSlowHeadIsAnsweredWith408() async throws {
        let response = try await serving(settings { $0.headerTimeout = .milliseconds(80) }) { listener in
            let client = RawClient(listener.port)
            return (client.ask("GET /health HTTP/1.1\r\nHo"), client.rest())
        }
        #expect(response.0?.text == "408 The head of the request did not come in time.")
        #expect(response.0?.fields["connection"] == "close")
        #expect(response.1 == [])
    }

    @Test func whoKeepsSendingAHeadIsCutOffToo() async throws {
        let response = try await serving(settings { $0.headerTimeout = .milliseconds(80) }) { listener in
            let client = RawClient(listener.port)
            client.send("GET /health HTTP/1.1\r\n")
            // Each field comes after a whole request of another connection, until the server has enough.
            while listener.figures.requests < 2000 {
                client.send("X: y\r\n")
                let other = RawClient(listener.port)
                _ = other.ask("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                if client.hasAnswer { break }
            }
            return client.response()
        }
        #expect(response?.status == 408 || response?.status == 431)
    }

    @Test func aSlowBodyIsAnsweredWith408() async throws {
        let response = try await serving(settings { $0.bodyTimeout = .milliseconds(80) }) { listener in
            RawClient(listener.port).ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        }
        #expect(response?.text == "408 The body of the request did not come in time.")
    }

    @Test func whoSaysNothingIsLeftWithoutAWord() async throws {
        let rest = try await serving(settings { $0.headerTimeout = .milliseconds(80) }) { RawClient($0.port).rest() }
        #expect(rest == [])
    }

    @Test func anIdleConnectionIsClosed() async throws {
        let (response, rest) = try await serving(settings { $0.idleTimeout = .milliseconds(80) }) { listener in
            let client = RawClient(listener.port)
            return (client.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"), client.rest())
        }
        #expect(response?.text == "fine")
        #expect(rest == [])
    }

    @Test func aHandlerMayTakeLongerThanAClient() async throws {
        let gate = TestGate()
        let slow = Route.get("/slow") { _ in
            await gate.pass()
            return .text("at last")
        }
        let short = settings {
            $0.headerTimeout = .milliseconds(50)
            $0.bodyTimeout = .milliseconds(50)
            $0.idleTimeout = .milliseconds(50)
        }
        let response = try await serving(short, SampleRoutes.all + [slow]) { listener in
            let client = RawClient(listener.port)
            client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            // A connection without a word is closed after 50 ms, twice; so long has the handler waited.
            for _ in 1...2 { _ = RawClient(listener.port).rest() }
            gate.open()
            return client.response()
        }
        #expect(response?.text == "at last")
    }

    @Test func whoReadsNothingIsDropped() async throws {
        let figures = try await serving(settings { $0.stallTimeout = .milliseconds(100) }) { listener in
            let client = RawClient(listener.port, buffer: 4096)
            client.send(String(repeating: "GET /huge HTTP/1.1\r\nHost: a\r\n\r\n", count: 4))
            // Another connection waits for the first to be dropped.
            while listener.figures.dropped == 0 {
                _ = RawClient(listener.port).ask("GET /task HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            }
            return listener.figures
        }
        #expect(figures.dropped == 1)
    }

    @Test func tooManyConnectionsAreRefused() async throws {
        let (kept, refused, after) = try await serving(settings { $0.maxConnections = 2 }) { listener in
            let get = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
            let first = RawClient(listener.port)
            var second: RawClient? = RawClient(listener.port)
            let kept = [first.ask(get)?.status, second?.ask(get)?.status]
            let third = RawClient(listener.port)
            let refused = third.ask(get)
            _ = third.rest()
            second = nil
            var after: RawResponse?
            repeat { after = RawClient(listener.port).ask(get) } while after?.status == 503
            return (kept, refused, after)
        }
        #expect(kept == [200, 200])
        #expect(refused?.status == 503)
        #expect(refused?.fields["retry-after"] == "5")
        #expect(refused?.fields["connection"] == "close")
        #expect(refused?.text == "There are too many connections. Come later.\n")
        #expect(after?.status == 200)
    }

    @Test func oneAddressHasItsShare() async throws {
        let (statuses, figures) = try await serving(settings { $0.maxConnectionsPerAddress = 3 }) { listener in
            let clients = (1...5).map { _ in RawClient(listener.port) }
            let statuses = clients.map { $0.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")?.status }
            return (statuses, listener.figures)
        }
        #expect(statuses == [200, 200, 200, 503, 503])
        #expect(figures.accepted == 5)
        #expect(figures.refused == 2)
    }
}
