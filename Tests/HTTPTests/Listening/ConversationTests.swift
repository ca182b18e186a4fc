import HTTPKit
import SocketTesting
import Testing

@testable import HTTPServer

/// Requests and responses over a real socket.
struct ConversationTests {
    /// Sends everything at once and reads until the server closes: `200 fine`.
    private func talk(_ text: String, _ settings: ListenerSettings = ListenerSettings()) async throws -> [String] {
        try await serving(settings) { listener in
            let client = RawClient(listener.port)
            client.send(text)
            client.endSending()
            var lines: [String] = []
            while let response = client.response() { lines.append("\(response.status) \(response.text)") }
            return lines
        }
    }

    @Test func aRequestIsAnswered() async throws {
        let response = try await serving { RawClient($0.port).ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(response?.status == 200)
        #expect(response?.text == "fine")
        #expect(response?.fields["content-length"] == "4")
        #expect(response?.fields["content-type"] == "text/plain; charset=utf-8")
        #expect(response?.fields["connection"] == nil)
        #expect(response?.fields["x-request-id"]?.count == 13)
        #expect(response?.fields["date"]?.wholeMatch(of: /\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
    }

    @Test func aConnectionServesManyRequests() async throws {
        let texts = try await serving { listener in
            let client = RawClient(listener.port)
            return (1...50).map { client.ask("GET /task?say=\($0) HTTP/1.1\r\nHost: a\r\n\r\n")?.text }
        }
        #expect(texts == (1...50).map(String.init))
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let requests = (1...40).map { number in
            let path = number % 3 == 0 ? "/health" : "/task?say=\(number)"
            return "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        let expected = (1...40).map { $0 % 3 == 0 ? "200 fine" : "200 \($0)" }
        #expect(try await talk(requests.joined()) == expected)
    }

    @Test func aRequestMayComeByteByByte() async throws {
        let request =
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        let text = try await serving { listener in
            let client = RawClient(listener.port)
            for byte in request.utf8 { client.send([byte]) }
            return client.response()?.text
        }
        #expect(text == "abcde")
    }

    @Test func aRequestMayBeCutAnywhere() async throws {
        let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        let texts = try await serving { listener in
            let client = RawClient(listener.port)
            return (1..<request.utf8.count).map { place -> String? in
                client.send(String(request.prefix(place)))
                // A request of another connection comes in between, so that the first part was read by itself.
                _ = RawClient(listener.port).ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                client.send(String(request.dropFirst(place)))
                return client.response()?.text
            }
        }
        #expect(texts == [String?](repeating: "hello", count: request.utf8.count - 1))
    }

    @Test func theConnectionEndsWhenTheClientWantsIt() async throws {
        let close = "GET /task HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /task HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try await talk(close) == ["200 done"])
        let old = "GET /task HTTP/1.0\r\n\r\nGET /task HTTP/1.0\r\n\r\n"
        #expect(try await talk(old) == ["200 done"])
    }

    @Test func aClientThatEndsItsHalfGetsItsAnswer() async throws {
        #expect(try await talk("GET /task?say=x HTTP/1.1\r\nHost: a\r\n\r\n") == ["200 x"])
    }

    @Test func headHasTheFieldsOfGetAndNoBody() async throws {
        let (response, next) = try await serving { listener in
            let client = RawClient(listener.port)
            let response = client.ask("HEAD /task HTTP/1.1\r\nHost: a\r\n\r\n", hasBody: false)
            return (response, client.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"))
        }
        #expect(response?.status == 200)
        #expect(response?.fields["content-length"] == "4")
        #expect(next?.text == "fine")
    }

    @Test(arguments: [("/echo", "OPTIONS, POST"), ("/health", "GET, HEAD, OPTIONS")])
    func optionsTellTheMethods(path: String, allowed: String) async throws {
        let response = try await serving { listener in
            RawClient(listener.port).ask("OPTIONS \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(response?.status == 204)
        #expect(response?.fields["allow"] == allowed)
        #expect(response?.fields["content-length"] == nil)
    }

    @Test func theServerAsAWholeHasOptionsToo() async throws {
        let response = try await serving { RawClient($0.port).ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(response?.status == 204)
        #expect(response?.fields["allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
    }

    @Test func aWrongMethodIsToldTheRightOnes() async throws {
        let response = try await serving { RawClient($0.port).ask("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(response?.text.hasPrefix("405 '/echo' takes ") == true)
        #expect(response?.fields["allow"]?.contains("POST") == true)
    }

    @Test func aClientThatWaitsIsToldToGoOn() async throws {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        let (first, second) = try await serving { listener in
            let client = RawClient(listener.port)
            let first = client.ask(head)
            return (first, client.ask("ab"))
        }
        #expect(first == RawResponse(status: 100))
        #expect(second?.text == "ab")
    }

    @Test(arguments: [("/none", 2, 404), ("/small", 11, 413)])
    func aClientThatWaitsForNothingIsToldSo(path: String, length: Int, status: Int) async throws {
        let head = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
        let (response, rest) = try await serving { listener in
            let client = RawClient(listener.port)
            return (client.ask(head), client.rest())
        }
        #expect(response?.status == status)
        #expect(response?.fields["connection"] == "close")
        #expect(rest == [])
    }

    @Test func aBodyBeyondTheRoutesLimitIsRefused() async throws {
        #expect(try await talk("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789") == ["200 10"])
        let expected = "413 413 The body may have 10 bytes; this one has more."
        #expect(
            try await talk("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890") == [expected]
        )
        let chunked =
            "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nB\r\n01234567890\r\n0\r\n\r\n"
        #expect(try await talk(chunked) == [expected])
    }

    @Test func theBodyOfARequestThatNobodyTakesIsPassedOver() async throws {
        let text =
            "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try await talk(text) == ["404 404 There is nothing at '/none'.", "200 fine"])
    }

    @Test(arguments: [("run-7.A_b", "run-7.A_b"), ("a b", nil), (String(repeating: "x", count: 65), nil)])
    func aSaneIdIsTakenOver(sent: String, kept: String?) async throws {
        let response = try await serving { listener in
            RawClient(listener.port).ask("GET /fields HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(sent)\r\n\r\n")
        }
        #expect(response?.fields["x-request-id"] == response?.text)
        if let kept { #expect(response?.text == kept) } else { #expect(response?.text.count == 13) }
    }

    @Test func noValueOfAFieldBeginsAnotherField() async throws {
        let response = try await serving { RawClient($0.port).ask("GET /fields HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(response?.fields["x-made"] == "a  x-evil: b")
        #expect(response?.fields["x-evil"] == nil)
    }

    @Test func aLargeResponseComesWholeHoweverSlowlyItIsRead() async throws {
        let bodies = try await serving { listener in
            let client = RawClient(listener.port, buffer: 4096)
            client.send(String(repeating: "GET /huge HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
            return (1...3).map { _ in client.response()?.body.count }
        }
        #expect(bodies == [8 << 20, 8 << 20, 8 << 20])
    }

    @Test func everyRequestIsReported() async throws {
        let finished = Collected<FinishedRequest>()
        let ended = try await serving(observe: finished.add) { listener in
            let client = RawClient(listener.port)
            for path in ["/runs/a1?secret=x", "/none", "/health"] {
                _ = client.ask("GET \(path) HTTP/1.1\r\nHost: a\r\nX-Request-Id: id\r\n\r\n")
            }
            _ = client.ask("nonsense\r\n\r\n")
            return listener
        }
        let lines = finished.all.map { "\($0.method) \($0.path) \($0.pattern ?? "-") \($0.status.code) \($0.contract)" }
        #expect(
            lines == [
                "GET /runs/a1 /runs/{id} 200 sample", "GET /none - 404 sample", "GET /health /health 200 sample",
                "  - 400 sample",
            ]
        )
        #expect(finished.all.prefix(3).allSatisfy { $0.id == "id" && $0.peer == "127.0.0.1" && $0.duration > .zero })
        #expect(finished.all.map(\.bytesOut).reduce(0, +) == ended.figures.bytesOut)
    }

    @Test func theFrameStandsAroundEverythingButWhatIsAnsweredAtOnce() async throws {
        let frame = Middleware(admit: { request throws(HTTPError) in
            guard request.headers["x-key"] != nil else { throw HTTPError(.unauthorized, "Say who you are.") }
            request.principal = Principal(name: "ada")
        })
        let finished = Collected<FinishedRequest>()
        let statuses = try await serving(frame: [frame], observe: finished.add) { listener in
            let client = RawClient(listener.port)
            return ["/task", "/none", "/health"].map {
                client.ask("GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n")?.status
            } + [client.ask("GET /task HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n")?.status]
        }
        #expect(statuses == [401, 401, 200, 200])
        #expect(finished.all.map(\.principal) == [nil, nil, nil, "ada"])
    }
}
