import Foundation
import PipelineEngine
import PipelineKit
import ProviderKit
import SocketTesting
import Testing

/// Who is let in, over the built program.
@Suite(.timeLimit(.minutes(5)))
struct DoorTests {
    /// Adds a key.
    ///
    /// - Returns: what is to be presented.
    private func key(_ name: String, in bench: Bench) async throws -> String {
        let added = try await bench.sluice("key", "add", name, "--json")
        try #require(added.status == 0, "\(added)")
        return try #require(try JSONValue(parsing: added.output)["key"]?.text)
    }

    private func prepare(_ bench: Bench) throws {
        try bench.write(
            "name: quick\nmodel: scripted/script.json\ngoal: { gate: command, with: { command: \"true\" } }\n",
            to: "quick.yaml"
        )
        try bench.write("[]", to: "script.json")
    }

    @Test(arguments: ["0.0.0.0", "::"])
    func beyondThisMachineAKeyIsNeeded(host: String) async throws {
        try await withBench { bench in
            let refused = try await bench.sluice("serve", "--host", host, "--port", "0", "--root", bench.root)
            #expect(
                refused.errors
                    == "Option '--host': beyond this machine ('\(host)') a key is needed. Make one first: sluice key add NAME\n"
            )
            #expect(refused.output == "")
            #expect(refused.status == 64)
        }
    }

    @Test func whoHasAKeyIsKnownByItsName() async throws {
        try await withBench { bench in
            try prepare(bench)
            let key = try await key("ci", in: bench)
            let log = "\(bench.root)/requests.log"
            let ended = try await withServer(bench, log: log, ["--host", "0.0.0.0"]) { server in
                let port = server.client.port
                let refused = try await server.client.get("/api/v1/server")
                #expect(refused.status == 401)
                #expect(refused.headers["www-authenticate"] == "Bearer realm=\"sluice\"")
                let sentence = "This server asks for a key: send 'Authorization: Bearer KEY' or 'X-API-Key: KEY'."
                #expect(refused.json["detail"]?.text == sentence)
                #expect(try await server.client.get("/health").status == 200, "that is open")
                let wrong = try await Client(port: port, key: "slk_00000000_" + String(repeating: "0", count: 64))
                    .get("/api/v1/server")
                #expect((wrong.status, wrong.json["detail"]?.text) == (401, "This key is not known here."))
                let bearer = try await Client(port: port, key: key).get("/api/v1/server")
                #expect((bearer.status, bearer.json["you"]?.text) == (200, "ci"))
                let field = try await server.client.send("GET", "/api/v1/server", fields: [.init("X-API-Key", key)])
                #expect((field.status, field.json["you"]?.text) == (200, "ci"))
                let client = Client(port: port, key: key)
                try await client.start("r1", "quick.yaml", in: bench)
                #expect(try await client.end(of: "r1").end == .achieved)
                _ = RawClient(port).ask("GET /api/v1/runs?key=\(key) HTTP/1.1\r\nHost: a\r\nX-API-Key: \(key)\r\n\r\n")
                return await server.stop()
            }
            #expect(ended.status == 0)
            #expect(bench.read(log)?.contains(#""key":"ci""#) == true)
            try expectNowhere(key, in: bench, ended)
        }
    }

    /// Neither in what the program said, nor in any file that it left.
    private func expectNowhere(_ key: String, in bench: Bench, _ ended: Ended) throws {
        let secret = Data(try #require(key.split(separator: "_").last).utf8)
        #expect(!ended.output.contains(key) && !ended.errors.contains(key))
        var searched = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: bench.root) {
            guard let data = FileManager.default.contents(atPath: "\(bench.root)/\(path)") else { continue }
            searched += 1
            #expect(data.range(of: secret) == nil, "\(path)")
        }
        #expect(searched >= 3, "the database and the log at least")
    }

    @Test func aKeyThatIsRemovedStopsWorking() async throws {
        try await withBench { bench in
            _ = try await key("other", in: bench)
            let key = try await key("ci", in: bench)
            try await withServer(bench) { server in
                let client = Client(port: server.client.port, key: key)
                #expect(try await client.get("/api/v1/runs").status == 200)
                let removed = try await bench.sluice("key", "remove", "ci")
                #expect(removed.output == "Removed 'ci'. A server that runs refuses the key within seconds.\n")
                let clock = ContinuousClock()
                let began = clock.now
                while try await client.get("/api/v1/runs").status == 200 {
                    try await Task.sleep(for: .milliseconds(100))  // how long it still works is the point
                }
                #expect(clock.now - began < .seconds(30))
                #expect(try await client.get("/api/v1/runs").status == 401)
            }
        }
    }

    @Test func aTicketLetsAWebSocketInOnce() async throws {
        try await withBench { bench in
            try prepare(bench)
            let key = try await key("ci", in: bench)
            try await withServer(bench) { server in
                let port = server.client.port
                let client = Client(port: port, key: key)
                try await client.start("r1", "quick.yaml", in: bench)
                let ticket = try #require(try await client.post("/api/v1/tickets").json["ticket"]?.text)
                let path = "/api/v1/runs/r1/socket?ticket=\(ticket)"
                let (first, second, none) = try await onThread {
                    let host = "127.0.0.1:\(port)"
                    return (
                        RawClient(port).upgrade(path, host: host), RawClient(port).upgrade(path, host: host),
                        RawClient(port).upgrade("/api/v1/runs/r1/socket", host: host)
                    )
                }
                #expect(first?.status == 101)
                #expect(second?.status == 401)
                let sentence = "This ticket is not known here, is older than 30 seconds, or was used before."
                #expect(second?.text.contains(sentence) == true)
                #expect(none?.status == 401)
            }
        }
    }

    @Test func pagesOfOtherOriginsAndOtherHostsAreRefused() async throws {
        try await withBench { bench in
            try prepare(bench)
            let key = try await key("ci", in: bench)
            try await withServer(bench, ["--origin", "https://ci.example.org", "--server-name", "sluice.example.org"]) {
                server in
                let port = server.client.port
                try await Client(port: port, key: key).start("r1", "quick.yaml", in: bench)
                let own = "127.0.0.1:\(port)"
                for (host, origin, isLetIn) in [
                    (own, "http://\(own)", true), (own, "https://ci.example.org", true),
                    ("sluice.example.org", "https://sluice.example.org", true),
                    (own, "https://evil.example", false), (own, "null", false),
                    ("evil.example", "http://evil.example", false),
                ] {
                    let (socket, post) = try await onThread {
                        let fields = "Origin: \(origin)\r\nX-API-Key: \(key)\r\n"
                        let socket = RawClient(port).upgrade("/api/ws/r1", host: host, fields: fields)
                        let head = "POST /api/v1/runs/r1/cancel HTTP/1.1\r\nHost: \(host)\r\n\(fields)"
                        return (socket, RawClient(port).ask(head + "Content-Length: 2\r\n\r\n{}"))
                    }
                    #expect(socket?.status == (isLetIn ? 101 : 403), "\(host) \(origin)")
                    #expect((post?.status == 403) != isLetIn, "\(host) \(origin): \(post?.status ?? 0)")
                }
                let evil = try await onThread { RawClient(port).upgrade("/api/ws/r1", host: "evil.example") }
                let names = "localhost, 127.0.0.1, [::1], sluice.example.org"
                #expect(evil?.text.contains("This server is not 'evil.example'. It answers to \(names).") == true)
            }
        }
    }

    @Test func whoAsksTooOftenIsToldWhenToComeBack() async throws {
        try await withBench { bench in
            try await withServer(bench, ["--rate", "1"]) { server in
                let port = server.client.port
                // At once on one connection, so that no second passes in which another one may come.
                let answers = try await onThread {
                    let client = RawClient(port)
                    client.send(String(repeating: "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 20))
                    return (0..<20).compactMap { _ in client.response() }
                }
                #expect(answers.count == 20 && answers.allSatisfy { [200, 429].contains($0.status) })
                let answer = try #require(answers.first { $0.status == 429 })
                #expect(answer.fields["retry-after"] == "1")
                let json = try JSONValue(parsing: answer.text)
                #expect(json["detail"]?.text == "Too many requests: more than 1 a second. Try again in 1 s.")
                #expect(try await server.client.get("/health").status == 200, "whoever watches is not kept out")
            }
        }
    }
}
