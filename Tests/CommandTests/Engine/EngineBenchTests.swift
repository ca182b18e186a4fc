import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice bench engine`: what each scenario tells, in order.
@Suite(.timeLimit(.minutes(5)))
struct EngineBenchTests {
    private static let ready: JSONValue = ["ev": "ready"]
    private static let begin: JSONValue = ["ev": "begin"]

    private static func leftovers(of bench: Bench) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: bench.root).filter { $0.hasPrefix("sluice-bench-") }
    }

    @Test(arguments: ["steps", "grow", "turns"], ["sqlite", "memory"])
    func oneRunTellsItsLatencies(scenario: String, store: String) async throws {
        try await withBench { bench in
            let words = ["--n", "120", "--marks", "110,30,1", "--bytes", "16000", "--store", store]
            let drive = try EngineDrive([scenario] + words, on: bench)
            let lines = try await drive.lines(to: "end")
            try await drive.end()
            #expect(lines.map { $0["ev"] } == ["ready", "begin", "lat", "lat", "lat", "end"])
            #expect(lines.compactMap { $0["step"] } == [1, 30, 110])
            #expect(lines.last == ["ev": "end", "steps": 120])
            // Before the end of a first step there is none to count from.
            #expect(lines[2]["us"]?.number == 0)
            for line in lines[3...4] { #expect(line["us"]?.number ?? 0 > 0, "\(line)") }
        }
    }

    @Test func manyRunsEndTogether() async throws {
        try await withBench { bench in
            let lines = try await EngineDrive.lines("conc", "--runs", "7", "--n", "5", on: bench)
            #expect(lines == [Self.ready, Self.begin, ["ev": "end", "steps": 35]])
        }
    }

    @Test func aTurnIsAReplyWithOneWritingCall() async throws {
        try await withBench { bench in
            _ = try await EngineDrive.lines("turns", "--n", "3", "--bytes", "9", "--dir", bench.project, on: bench)
            let listed = try await bench.sluice("events", "last", "--json", adding: ["SLUICE_STATE": bench.project])
            let types = try Bench.events(in: listed.output).map(\.payload.type)
            let turn = ["model.replied", "tool_call.proposed", "tool_call.started", "tool_call.finished"]
            let requests = types.filter { ["model.requested"].contains($0) }
            #expect(requests.count == 4, "three with a call, and one that ends")
            #expect(types.filter(turn.contains) == turn + turn + turn + ["model.replied"])
            #expect(listed.output.contains(#""text":"xxxxxxxxx""#))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func whatIsEndedEarlyLeavesNoDirectory(signal: Int32) async throws {
        try await withBench { bench in
            let drive = try EngineDrive("wait", "--runs", "5", on: bench)
            _ = try await drive.lines(to: "waiting")
            #expect(try Self.leftovers(of: bench).count == 1)
            drive.running.send(signal)
            #expect(await drive.running.ended().status == 130)
            #expect(try Self.leftovers(of: bench) == [])
        }
    }

    // MARK: - People

    @Test(arguments: ["sqlite", "memory"])
    func runsWaitForAPersonAndEnd(store: String) async throws {
        try await withBench { bench in
            // More than are begun side by side; and they have three steps each, whatever is asked for.
            let drive = try EngineDrive("wait", "--runs", "70", "--n", "9", "--store", store, on: bench)
            let waiting = try await drive.lines(to: "waiting")
            #expect(waiting == [Self.ready, Self.begin, ["ev": "waiting"]])
            try drive.running.write("wait a moment\ngo\n")
            #expect(try await drive.lines(to: "end") == [["ev": "end", "steps": 210]])
            try await drive.end()
        }
    }

    @Test func runsThatNobodyAnswersAreLeftForTheNextProcess() async throws {
        try await withBench { bench in
            let first = try EngineDrive("wait", "--runs", "5", "--dir", bench.project, on: bench)
            _ = try await first.lines(to: "waiting")
            let ended = try await first.closed()
            #expect((ended.status, ended.lines.count, ended.errors) == (2, 3, ""))
            let second = try EngineDrive("resume", "--dir", bench.project, on: bench)
            #expect(try await second.lines(to: "waiting") == [Self.ready, Self.begin, ["ev": "waiting"]])
            try second.running.write("go\n")
            #expect(try await second.lines(to: "end") == [["ev": "end", "steps": 15]])
            try await second.end()
        }
    }

    // MARK: - Lists

    @Test func listsAreMeasured() async throws {
        try await withBench { bench in
            let lines = try await EngineDrive.lines("lists", "--runs", "20", on: bench)
            #expect(Array(lines.prefix(2)) == [Self.ready, Self.begin])
            #expect(lines.last == ["ev": "end", "steps": 0])
            let lists = lines.dropFirst(2).dropLast()
            #expect(
                lists.map { $0["what"]?.text } == [
                    "opening", "one run", "50 runs", "50 of two statuses", "50 of one origin", "none of one project",
                    "50 that ask", "a look for what is due", "a look for what nobody holds",
                    "the sequences of 100 runs",
                ]
            )
            for line in lists {
                #expect(line["ev"] == "list")
                #expect(line["us"]?.number ?? 0 > 0, "\(line)")
            }
        }
    }

    // MARK: - Where

    @Test func aNewDirectoryIsPrivateAndRemoved() async throws {
        try await withBench { bench in
            let drive = try EngineDrive("steps", "--n", "3", on: bench)
            _ = try await drive.lines(to: "end")
            // The input is still open, so the program has yet to end.
            let places = try Self.leftovers(of: bench)
            try #require(places.count == 1)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(bench.root)/\(places[0])")
            #expect(attributes[.posixPermissions] as? Int == 0o700)
            try await drive.end()
            #expect(try Self.leftovers(of: bench) == [])
        }
    }

    @Test func aDirectoryOfOnesOwnIsKept() async throws {
        try await withBench { bench in
            _ = try await EngineDrive.lines("steps", "--n", "3", "--dir", bench.project, on: bench)
            #expect(FileManager.default.fileExists(atPath: "\(bench.project)/sluice.db"))
            #expect(try Self.leftovers(of: bench) == [])
        }
    }
}
