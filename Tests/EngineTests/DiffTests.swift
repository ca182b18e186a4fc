import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What a run changed between two of its iterations.
struct DiffTests {
    private func bench() async throws -> Bench {
        let bench = Bench()
        let half: JSONValue = ["tool": "write", "arguments": ["file": "out", "text": "half"]]
        let run = try await bench.start([
            ["calls": [half]], ["text": "Done."], ["calls": [RunningTests.write]], ["text": "Done."],
        ])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        return bench
    }

    private func difference(_ old: String, _ new: String) -> String {
        "-\(old == "start" ? "" : "snapshot-of-")\(old)\n+snapshot-of-\(new)\n"
    }

    @Test func anyTwoIterationsAreCompared() async throws {
        let bench = try await bench()
        defer { bench.remove() }
        let runs = bench.services.runs
        #expect(try await runs.diff(of: "r1", from: 0, to: 1) == difference("start", "half"))
        #expect(try await runs.diff(of: "r1", from: 1, to: 2) == difference("half", "done"))
        #expect(try await runs.diff(of: "r1", from: 2, to: 1) == difference("done", "half"))
        try "later".write(toFile: "\(bench.directory)/out", atomically: true, encoding: .utf8)
        #expect(try await runs.diff(of: "r1", from: 1, to: nil) == difference("half", "later"))
        #expect(try await runs.diff(of: "r1", upTo: 1) == difference("start", "half"))
        #expect(try await runs.changes(of: "r1", from: 1, to: 2) == [FileChange(.modified, "out")])
    }

    @Test func anIterationThatWasNotMadeIsRefused() async throws {
        let bench = try await bench()
        defer { bench.remove() }
        for (from, to) in [(0, 3), (3, 1), (-1, nil)] as [(Int, Int?)] {
            let number = to == 3 ? 3 : from
            await #expect(throws: ServiceError.invalid("This run has no snapshot of an iteration \(number).")) {
                try await bench.services.runs.diff(of: "r1", from: from, to: to)
            }
        }
    }

    @Test func aRunWithoutAWorkspaceHasNothingToCompare() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([])
        await #expect(throws: ServiceError.invalid("Run 'r1' has not opened its workspace yet.")) {
            try await bench.services.runs.changes(of: run, from: 0, to: nil)
        }
    }
}
