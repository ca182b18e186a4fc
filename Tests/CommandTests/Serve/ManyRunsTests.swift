import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Many runs on one server: so many at once, and none in the way of another.
@Suite(.timeLimit(.minutes(5)))
struct ManyRunsTests {
    private func write(_ name: String, command: String, more: String = "", in bench: Bench) throws {
        try bench.write(
            """
            name: \(name)
            model: scripted/\(name).json
            goal: { gate: command, with: { command: "\(command)"\(more) } }
            """,
            to: "\(name).yaml"
        )
    }

    private func writeScript(_ name: String, in bench: Bench) throws {
        let script: JSONValue = [
            ["calls": [["tool": "file_write", "arguments": ["path": "done.txt", "content": "1\n"]]]],
            ["text": "It is done."],
        ]
        try bench.write(script.jsonText, to: "\(name).json")
    }

    @Test func noMoreThanSoManyAreAtWorkAtOnce() async throws {
        try await withBench { bench in
            try write("slow", command: "sleep 1; test -e done.txt", in: bench)
            try writeScript("slow", in: bench)
            try await withServer(bench, ["--runs", "2"]) { server in
                let client = server.client
                for number in 1...6 { try await client.start("r\(number)", "slow.yaml", in: bench) }
                var checks: [ClosedRange<Instant>] = []
                for number in 1...6 {
                    #expect(try await client.get("/health").status == 200)
                    let events = try await client.end(of: "r\(number)")
                    #expect(events.end == .achieved)
                    checks += events.checks
                }
                #expect(checks.count == 12)
                let most = checks.map { check in checks.count { $0.contains(check.lowerBound) } }.max()
                #expect(most == 2, "two at once, and never three")
                #expect(await server.stop().status == 0)
            }
        }
    }

    @Test func whatIsWrongWithOneRunDisturbsNoOther() async throws {
        try await withBench { bench in
            try write("hanging", command: "sleep 1000", more: ", timeout: 1s", in: bench)
            try write("missing", command: "test -e done.txt", in: bench)
            try write("right", command: "test -e done.txt", in: bench)
            try writeScript("hanging", in: bench)
            try writeScript("right", in: bench)
            try await withServer(bench, ["--runs", "2"]) { server in
                let client = server.client
                try await client.start("hanging", "hanging.yaml", in: bench)
                try bench.write("[]", to: "missing.json")
                try await client.start("missing", "missing.yaml", in: bench)
                for number in 1...3 {
                    try await client.start("right-\(number)", "right.yaml", in: bench)
                    #expect(try await client.end(of: "right-\(number)").end == .achieved)
                }
                let hanging = try await client.end(of: "hanging")
                #expect(hanging.end == .failed, "\(hanging.last.map { "\($0.payload)" } ?? "")")
                #expect(try await client.end(of: "missing").end == .failed)
                #expect(await server.stop().status == 0)
            }
        }
    }

    @Test func aRunThatWasKilledElsewhereIsTakenUp() async throws {
        try await withBench { bench in
            try write("right", command: "test -e done.txt", in: bench)
            try writeScript("right", in: bench)
            try await withServer(bench) { server in
                let words = ["run", "right.yaml", "--cwd", "project", "--id", "r1", "--json"]
                let killed = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "9"]).ended()
                try #require(killed.status == Ended.killed, "\(killed)")
                let events = try await server.client.end(of: "r1")
                #expect(events.end == .achieved)
                let before = try Bench.events(in: killed.output)
                #expect(Array(events.prefix(before.count)) == before)
                #expect(await server.stop().status == 0)
            }
        }
    }
}
