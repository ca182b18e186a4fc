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
            workspace: { sandbox: off }
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

    /// Notes how many are at work, and lets nobody go before two were at once, and those two not at once.
    private static let counter = """
        cd $HOME && mkdir -p at && mine=$(mktemp at/XXXXXX)
        until ls at | wc -l >> seen; test -e two; do
          if [ $(ls at | wc -l) -ge 2 ]; then sleep 0.5; : > two; else sleep 0.05; fi
        done
        ls at | wc -l >> seen
        rm $mine

        """

    @Test func noMoreThanSoManyAreAtWorkAtOnce() async throws {
        try await withBench { bench in
            try bench.write(Self.counter, to: "count.sh")
            try write("slow", command: "sh $HOME/../count.sh; test -e done.txt", more: ", timeout: 200s", in: bench)
            try writeScript("slow", in: bench)
            try await withServer(bench, ["--runs", "2"]) { server in
                let client = server.client
                for number in 1...6 { try await client.start("r\(number)", "slow.yaml", in: bench) }
                for number in 1...6 {
                    #expect(try await client.get("/health").status == 200)
                    #expect(try await client.end(of: "r\(number)").end == .achieved)
                }
                let seen = try #require(bench.read("home/seen")).split(separator: "\n")
                #expect(Set(seen) == ["1", "2"] || Set(seen) == ["2"], "two at once, and never three")
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
