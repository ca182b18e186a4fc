import Foundation
import PipelineKit
import ProviderKit
import Testing

/// What the HTTP client does with servers that behave, and with those that do not.
@Suite(.modelServer, .timeLimit(.minutes(5)))
struct CurlTransportTests {
    let transport = CurlTransport()
    let server: ModelServer

    init() throws { server = try #require(ModelServer.current) }

    private func request(_ path: String, name: String? = nil, body: String = "") -> TransportRequest {
        let headers = name.map { [TransportRequest.Header("X-Name", $0)] } ?? []
        let patient = TransportRequest.Timeouts(connect: .seconds(20), idle: .seconds(120), total: .seconds(600))
        return TransportRequest(url: server.url(path), headers: headers, body: Array(body.utf8), timeouts: patient)
    }

    private func json(_ request: TransportRequest) async throws -> JSONValue {
        try JSONValue(parsing: await transport.send(request).body.everything())
    }

    @Test func aRequestArrivesAsItWasGiven() async throws {
        var sent = request("/echo?a=b", body: "{\"text\": \"Grüße\"}")
        sent.headers = [.init("X-Empty", ""), .init("Content-Type", "application/json"), .init("X-B", "é; \"q\"")]
        let response = try await transport.send(sent)
        let seen = try JSONValue(parsing: await response.body.everything())
        #expect(response.status == 200)
        #expect(seen["method"] == "POST" && seen["path"] == "/echo?a=b" && seen["body"] == "{\"text\": \"Grüße\"}")
        #expect(seen["headers"]?["x-empty"] == "" && seen["headers"]?["x-b"] == "é; \"q\"")
        #expect(seen["headers"]?["content-type"] == "application/json" && seen["headers"]?["user-agent"] == "sluice")
        #expect(seen["headers"]?["expect"] == nil)
    }

    @Test(arguments: ["GET", "PUT", "DELETE"]) func everyMethodIsSent(method: String) async throws {
        var sent = request("/echo")
        sent.method = method
        #expect(try await json(sent)["method"] == .string(method))
    }

    @Test func aBigRequestArrivesWhole() async throws {
        let body = String(repeating: "0123456789", count: 300_000)
        #expect(try await json(request("/echo", body: body))["body"]?.text == body)
    }

    @Test func aConnectionIsUsedAgain() async throws {
        let first = try await json(request("/echo"))["connection"]
        let second = try await json(request("/echo"))["connection"]
        #expect(first == second && first != nil)
    }

    @Test func aHundredRequestsAtOnceAreAnsweredEachWithItsOwn() async throws {
        let answers = try await withThrowingTaskGroup(of: (Int, JSONValue).self) { group in
            for number in 0..<100 {
                group.addTask { (number, try await self.json(self.request("/echo", body: "\(number)"))) }
            }
            return try await group.reduce(into: [Int: JSONValue]()) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 100)
        for (number, answer) in answers { #expect(answer["body"] == .string("\(number)")) }
    }

    @Test func anInterimAnswerIsPassedOver() async throws {
        let response = try await transport.send(request("/interim"))
        #expect(response.status == 200)
        #expect(response.headers["x-a"] == "1, 2" && response.headers["link"] == nil)
        #expect(try await response.body.everything() == Array("late".utf8))
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() async throws {
        let response = try await transport.send(request("/redirect"))
        #expect(response.status == 307)
        #expect(response.headers["location"] == "/echo")
        #expect(try await response.body.everything().isEmpty)
    }

    // Time

    private func impatient(
        _ path: String,
        firstByte: Duration = .seconds(20),
        idle: Duration = .seconds(20),
        total: Duration = .seconds(30),
        body: String = ""
    ) -> TransportRequest {
        var request = request(path, body: body)
        request.timeouts = .init(connect: .seconds(20), firstByte: firstByte, idle: idle, total: total)
        return request
    }

    @Test(arguments: ["", "{}"]) func aServerThatNeverAnswersIsNamedWithTheTime(body: String) async throws {
        let failure = Failure(.timedOut, "No answer from '127.0.0.1:\(server.port)' within 0.25 s.", mayHaveCost: true)
        let request = impatient("/hang", firstByte: .milliseconds(250), body: body)
        await #expect(throws: failure) { try await transport.send(request) }
    }

    @Test func aServerMayThinkForLongerThanItMayBeSilent() async throws {
        let request = impatient("/think/1", idle: .milliseconds(400), body: "{}")
        #expect(try await transport.send(request).body.everything() == Array("thought".utf8))
    }

    @Test func aServerThatDoesNotTakeTheRequestIsNamedWithTheTime() async throws {
        let body = String(repeating: "0123456789", count: 3_000_000)
        let request = impatient("/deaf", idle: .milliseconds(400), body: body)
        let message = "'127.0.0.1:\(server.port)' did not take the whole request: nothing could be sent for 0.4 s."
        await #expect(throws: Failure(.timedOut, message)) { try await transport.send(request) }
    }

    @Test func anAnswerThatStallsIsNamedWithTheTime() async throws {
        let response = try await transport.send(impatient("/stall", idle: .milliseconds(250)))
        #expect(try await response.body.next() == Array("data: {}\n\n".utf8))
        let failure = Failure(.timedOut, "The answer of '127.0.0.1:\(server.port)' stalled: nothing came for 0.25 s.")
        await #expect(throws: failure) { try await response.body.next() }
        await #expect(throws: failure) { try await response.body.next() }
    }

    @Test func anAnswerThatNeverEndsIsNamedWithTheTime() async throws {
        let response = try await transport.send(impatient("/drip", total: .milliseconds(400)))
        let message = "The answer of '127.0.0.1:\(server.port)' was not complete within 0.4 s."
        let failure = Failure(.timedOut, message, mayHaveCost: true)
        await #expect(throws: failure) { try await response.body.everything() }
    }

    @Test func aReaderMayBeSlowerThanTheIdleTimeout() async throws {
        var slow = impatient("/big", idle: .milliseconds(300), total: .seconds(600))
        slow.headers = [.init("X-Name", "idle")]
        let response = try await transport.send(slow)
        _ = try await json(request("/stalled/idle"))  // takes longer than the timeout
        #expect(try await response.body.count() == 30_000_000)
    }

    // Bad answers

    @Test func aClosedPortIsNamed() async throws {
        let port = try await ModelServer.run { $0.port }
        let failure = Failure(.unavailable, "No connection to '127.0.0.1:\(port)': Connection refused.")
        let request = TransportRequest(url: "http://127.0.0.1:\(port)/", headers: [], body: [])
        await #expect(throws: failure) { try await transport.send(request) }
    }

    @Test func anUnknownHostIsNamed() async {
        let failure = Failure(.unavailable, "There is no address for the host 'nowhere.invalid'.")
        let request = TransportRequest(url: "http://nowhere.invalid/?key=abc", headers: [], body: [])
        await #expect(throws: failure) { try await transport.send(request) }
    }

    @Test func whatIsNotHTTPIsNamed() async {
        let failure = Failure(.unavailable, "'127.0.0.1:\(server.port)' does not answer in HTTP.")
        await #expect(throws: failure) { try await transport.send(request("/garbage")) }
    }

    @Test(arguments: ["/headers_many", "/headers_long"]) func aHeadHasALimit(path: String) async {
        let failure = Failure(.unavailable, "'127.0.0.1:\(server.port)' answered with more than 64 KiB of headers.")
        await #expect(throws: failure) { try await transport.send(request(path)) }
    }

    @Test(arguments: [0, 1, 9, 16, 40, 80, 81, 82, 200, 600, 900, 1_000])
    func anAnswerCutShortIsAFailure(count: Int) async throws {
        await #expect {
            _ = try await transport.send(request("/cut/\(count)")).body.everything()
        } throws: {
            ($0 as? Failure)?.kind == .unavailable
        }
    }

    // Bounds and ends

    @Test func aSlowReaderHoldsTheServerBack() async throws {
        let response = try await transport.send(request("/big", name: "slow"))
        #expect(try await response.body.next() != nil)
        let sent = try #require(try await json(request("/stalled/slow"))["sent"]?.integer)
        #expect(sent < 20_000_000, "What is not read waits in the kernel's buffers and no further.")
        #expect(try await response.body.count() > 29_000_000)
    }

    @Test func cancellingCutsTheConnectionBeforeTheHead() async throws {
        let task = Task { try await transport.send(request("/hang", name: "head")) }
        task.cancel()
        let failure = Failure(.cancelled, "The request to '127.0.0.1:\(server.port)' was cancelled.")
        await #expect(throws: failure) { _ = try await task.value }
    }

    @Test func cancellingCutsTheConnectionInTheBody() async throws {
        let response = try await transport.send(request("/stall", name: "body"))
        _ = try await response.body.next()
        let task = Task { try await response.body.next() }
        task.cancel()
        let failure = Failure(.cancelled, "The request to '127.0.0.1:\(server.port)' was cancelled.")
        await #expect(throws: failure) { _ = try await task.value }
        #expect(try await json(request("/closed/body"))["closed"] == true)
        await #expect(throws: failure) { try await response.body.next() }
    }

    @Test(arguments: ["/stall", "/drip", "/big"])
    func anAnswerNobodyReadsIsCut(path: String) async throws {
        let name = "dropped" + path.dropFirst()
        #expect(try await transport.send(request(path, name: name)).status == 200)
        #expect(try await json(request("/closed/\(name)"))["closed"] == true)
    }

    @Test func releasingTheTransportCutsWhatItHad() async throws {
        var brief: CurlTransport? = CurlTransport()
        _ = try await brief?.send(request("/stall", name: "released"))
        brief = nil
        #expect(try await json(request("/closed/released"))["closed"] == true)
    }

    @Test func anAnswerOutlivesItsTransport() async throws {
        let body = try await CurlTransport().send(request("/stream")).body
        #expect(try await body.everything().count > 900)
    }

    // Bad requests

    @Test(arguments: [
        ("ftp://host/x", "The URL 'ftp://host/x' is not of the form 'https://host/path'."),
        ("file:///etc/passwd", "The URL 'file:///etc/passwd' is not of the form 'https://host/path'."),
        ("host/x", "The URL 'host/x' is not of the form 'https://host/path'."),
        ("ftp://ada:secret@host", "The URL is not of the form 'https://host/path'."),
        ("https://ada:secret@host:8/x", "The URL of 'host:8' must not hold a user name or a password."),
    ])
    func aURLThatCannotBeIsRefused(url: String, message: String) async {
        await #expect(throws: Failure(.invalidInput, message)) {
            try await transport.send(TransportRequest(url: url, headers: [], body: []))
        }
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b", "The value of the header 'X-A' must be one line."),
        ("X-A: b\r\nX", "a", "'X-A: b X' is not the name of an HTTP header."),
        ("", "a", "'' is not the name of an HTTP header."),
    ])
    func aHeaderThatBreaksOutIsRefused(name: String, value: String, message: String) async {
        var request = request("/echo")
        request.headers = [.init(name, value)]
        await #expect(throws: Failure(.invalidInput, message)) { try await transport.send(request) }
    }
}

extension TransportBody {
    func everything() async throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await next() { bytes += piece }
        return bytes
    }

    func count() async throws(Failure) -> Int {
        var count = 0
        while let piece = try await next() { count += piece.count }
        return count
    }
}
