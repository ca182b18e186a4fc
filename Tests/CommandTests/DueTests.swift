import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice resume --due`: deadlines come true although nobody names the run.
struct DueTests {
    private static let later = ["SLUICE_TEST_CLOCK": "2026-01-01T00:02:00Z"]

    /// Runs of the rehearsal that wait for an answer, each with a minute for it.
    private func withWaiting(
        _ runs: [(name: String, onDeadline: String)],
        _ body: (Bench) async throws -> Void
    ) async throws {
        try await withRehearsal { _, bench in
            let pipeline = try #require(bench.read("pipeline.yaml"))
            for run in runs {
                let human = "human: { deadline: 1m, on_deadline: \(run.onDeadline) }\n"
                try bench.write(pipeline + human, to: "\(run.name).yaml")
                try await bench.run("cp", "-r", "project", "of-\(run.name)")
                let words = ["run", "\(run.name).yaml", "--cwd", "of-\(run.name)", "--id", run.name]
                let ended = try await bench.start(words).ended()
                try #require(ended.status == 2, "\(ended)")
            }
            try await body(bench)
        }
    }

    @Test func everyRunThatIsDueIsWokenOnceAndTheWorstStatusCounts() async throws {
        try await withWaiting([("r1", "abort"), ("r2", "approve")]) { bench in
            let early = try await bench.sluice("resume", "--due")
            #expect((early.output, early.status) == ("No run is due.\n", 0))
            let woken = try await bench.sluice("resume", "--due", adding: Self.later)
            #expect(woken.status == 1)
            #expect(woken.output.contains("run r1 is due\n"))
            #expect(woken.output.contains("run r2 is due\n"))
            let last = try await bench.events(of: "r1").last?.payload
            guard case .runFinished(.aborted, let reason) = last else { throw Refusal.outdated }
            #expect(reason.hasPrefix("Nobody answered 'a1' in time: Let the model call file_delete? "))
            #expect(RunState(replaying: try await bench.events(of: "r2")).status == .achieved)
            #expect(try await bench.sluice("resume", "--due", adding: Self.later).output == "No run is due.\n")
        }
    }

    @Test func programsGetEventsAndNothingElse() async throws {
        try await withWaiting([("r1", "approve")]) { bench in
            let woken = try await bench.sluice("resume", "--due", "--json", adding: Self.later)
            #expect(woken.status == 0)
            let types = try woken.lines.map { try JSONValue(parsing: $0)["type"]?.text }
            #expect(types.first == "approval.resolved")
            #expect(types.last == "run.finished")
            #expect(try await bench.sluice("resume", "--due", "--json", adding: Self.later).output == "")
        }
    }

    @Test(arguments: [["r1"], ["--iterations", "3"], ["--cost", "1 USD"]])
    func whatIsSaidOfOneRunIsRefused(words: [String]) async throws {
        try await withRehearsal { _, bench in
            let ended = try await bench.start(["resume", "--due"] + words).ended()
            #expect(ended.status == 64)
            let sentence = "Option '--due' wakes every run that is due, so it takes no RUN and no limits.\n"
            #expect(ended.errors == sentence)
        }
    }
}
