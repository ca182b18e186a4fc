import CLinux
import Foundation
import PipelineKit
import SocketTesting
import Testing

/// `sluice bench serve`: figures of a server that it starts, and that is gone with it.
@Suite(.timeLimit(.minutes(5)))
struct ServeBenchTests {
    private static let small = ["--subscribers", "10", "--rate", "500", "--seconds", "1"]

    /// The lines of a part between the first and the last, which are the same for all.
    private static func lines(of part: String) async throws -> [JSONValue] {
        try await withBench { bench in
            let words = ["bench", "serve", part] + small
            let ended = try await bench.start(words, adding: ["TMPDIR": bench.root]).ended()
            try #require(ended.status == 0, "\(ended)")
            let lines = try ended.lines.map { try JSONValue(parsing: $0) }
            #expect(lines.first?["ev"] == "ready")
            #expect(lines.first?["part"] == .string(part))
            #expect(lines.last == ["ev": "end"])
            let server = try #require(lines.first?["server"]?.integer)
            #expect(kill(pid_t(server), 0) == -1, "the server has ended")
            #expect(try Self.leftovers(of: bench) == [])
            return Array(lines.dropFirst().dropLast())
        }
    }

    private static func leftovers(of bench: Bench) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: bench.root).filter { $0.hasPrefix("sluice-bench-") }
    }

    @Test func theRoutesAreMeasured() async throws {
        let lines = try await Self.lines(of: "routes")
        let routes = lines.map { "\($0["method"]?.text ?? "") \($0["path"]?.text ?? "")" }
        #expect(
            routes == [
                "GET /health", "GET /api/v1/runs/{run}", "GET /api/v1/runs?limit=50",
                "GET /api/v1/runs/{run}/events?limit=100", "GET /api/v1/runs/{run}/approvals",
                "POST /api/v1/pipelines/lint", "GET /api/runs/{run}", "GET /api/runs",
            ]
        )
        for line in lines {
            #expect(line["ev"] == "route")
            #expect(line["connections"] == 16)
            for figure in ["answers", "bytes", "per_second"] { #expect(line[figure]?.integer ?? 0 > 0, "\(line)") }
            for figure in ["cpu_us", "p50_us", "p99_us"] { #expect(line[figure]?.number ?? 0 > 0, "\(line)") }
        }
    }

    @Test func aRunIsToldToItsSubscribers() async throws {
        let line = try #require(try await Self.lines(of: "fanout").first)
        #expect(line["ev"] == "fanout")
        #expect(line["subscribers"] == 10)
        #expect(line["rate"] == 500)
        // Of each step its beginning and its end, and what the run tells of itself.
        #expect(line["delivered"]?.integer ?? 0 > 10 * 1_000)
        for figure in ["per_second", "p50_ms", "p99_ms", "cpu_percent", "cpu_us", "client_cpu_percent"] {
            #expect(line[figure]?.number ?? 0 > 0, "\(line)")
        }
    }

    @Test func whoWaitsIsWeighed() async throws {
        let line = try #require(try await Self.lines(of: "idle").first)
        let figures: Set = ["ev", "subscribers", "bytes_each", "resident_bytes", "cpu_percent"]
        #expect(Set(line.members.keys) == figures)
        #expect(line["ev"] == "idle")
        #expect(line["subscribers"] == 10)
        #expect(line["resident_bytes"]?.integer ?? 0 > 1 << 20)
    }

    @Test func whoReadsNothingIsDroppedBesideTheOthers() async throws {
        let lines = try await Self.lines(of: "slow")
        #expect(lines.map { $0["ev"] } == ["slow", "slow"])
        #expect(lines.map { $0["slow"] } == [0, 1])
        #expect(lines.map { $0["dropped"] } == [0, 1])
        #expect(lines.map { $0["endings"]?.members.count } == [0, 1])
        for line in lines {
            #expect(line["subscribers"] == 10)
            #expect(line["bytes"] == 15_000)
            #expect(line["delivered"]?.integer ?? 0 > 10 * 1_000)
            for figure in ["resident_bytes", "peak_bytes", "p99_ms"] {
                #expect(line[figure]?.number ?? 0 > 0, "\(line)")
            }
        }
    }

    @Test func theServerEndsWithWhoeverMeasures() async throws {
        try await withBench { bench in
            let words = ["bench", "serve", "idle", "--subscribers", "1", "--seconds", "600"]
            let running = try bench.start(words, adding: ["TMPDIR": bench.root])
            let ready = try JSONValue(parsing: try #require(await running.wait(for: "ready")))
            let server = sluice_pidfd_open(pid_t(try #require(ready["server"]?.integer)))
            try #require(server >= 0)
            #expect(try Self.leftovers(of: bench).count == 1)
            running.send(SIGKILL)
            let hasEnded = try await onThread {
                var poll = pollfd(fd: server, events: Int16(POLLIN), revents: 0)
                defer { close(server) }
                return Foundation.poll(&poll, 1, 60_000) == 1
            }
            #expect(hasEnded)
            #expect(try Self.leftovers(of: bench) == [])
            #expect(await running.ended().status == Ended.killed)
        }
    }

    @Test func aServerThatEndsByItselfIsToldOf() async throws {
        try await withBench { bench in
            let words = ["bench", "serve", "idle", "--seconds", "600"]
            let running = try bench.start(words, adding: ["TMPDIR": bench.root])
            let ready = try JSONValue(parsing: try #require(await running.wait(for: "ready")))
            kill(pid_t(try #require(ready["server"]?.integer)), SIGKILL)
            let ended = await running.ended()
            #expect(ended.status == 70)
            #expect(ended.errors == "The server that is measured has ended by itself.\n")
        }
    }

    @Test func aDirectoryOfOnesOwnIsKept() async throws {
        try await withBench { bench in
            let words = ["bench", "serve", "idle", "--dir", bench.project] + Self.small
            let ended = try await bench.start(words).ended()
            #expect(ended.status == 0, "\(ended)")
            #expect(FileManager.default.fileExists(atPath: "\(bench.project)/sluice.db"))
        }
    }

    @Test(
        arguments: [
            (
                [],
                "'sluice bench' needs WHAT: engine, load, serve, provider, mcp, sandbox, foreign, grep, workspace, check or all.\nSee 'sluice bench --help'."
            ),
            (
                ["servr"],
                "There is no 'sluice bench servr'. Did you mean 'serve'? There are: engine, load, serve, provider, mcp, sandbox, foreign, grep, workspace, check, all."
            ),
            (
                ["serve", "fanot"],
                """
                There is no part 'fanot' of the server. Did you mean 'fanout'? There are: routes, fanout, idle, slow.
                """
            ),
            (["serve", "--subscribers", "0"], "Option '--subscribers' must be from 1 to 20000, but is 0."),
            (["serve", "--rate", "-1"], "Option '--rate' must be from 1 to 10000, but is -1."),
            (["serve", "--seconds", "601"], "Option '--seconds' must be from 1 to 600, but is 601."),
            (["serve", "--rate", "many"], "Option '--rate' must be a whole number, but is \"many\"."),
            (["serve", "--dir", "/nowhere"], "There is no directory '/nowhere'. Give a directory with --dir."),
        ] as [([String], String)]
    )
    func whatCannotBeMeasuredIsRefused(words: [String], message: String) async throws {
        try await withBench { bench in
            let ended = try await bench.start(["bench"] + words).ended()
            #expect((ended.status, ended.output, ended.errors) == (64, "", "\(message)\n"))
        }
    }

    @Test(
        arguments: [
            (
                900,
                "For 200 subscribers a process needs 1020 descriptors, and it may have 900 here. "
                    + "Raise that with 'ulimit -Hn 1020', or ask for at most 90 with --subscribers.\n"
            ),
            (
                500,
                "For 200 subscribers a process needs 1020 descriptors, and it may have 500 here. "
                    + "Raise that with 'ulimit -Hn 1020'.\n"
            ),
        ]
    )
    func moreThanTheSystemLetsAProcessHaveIsRefused(limit: Int, message: String) async throws {
        try await withBench { bench in
            let command = "ulimit -n \(limit) && exec \"$0\" bench serve --subscribers 200"
            let errors = "\(bench.root)/errors"
            let words = ["sh", "-c", command, Bench.sluice]
            let ended = try await Running(words, bench.environment, in: bench.root, errors: errors).ended()
            #expect((ended.status, ended.output, ended.errors) == (64, "", message))
        }
    }
}
