import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import MContract

/// Streams of Project M: twelve types of events, numbers without gaps, and how the run stands.
@Suite(.timeLimit(.minutes(5)))
struct MStreamTests {
    @Test func aRunIsToldInTwelveTypes() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            _ = try await bench.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            let frames = try await bench.frames(of: run)
            #expect(
                frames.types == [
                    "run_started", "stdout", "tool_call_start", "stdout", "tool_call_end", "tool_call_start",
                    "approval_requested", "approval_resolved", "stdout", "tool_call_end", "stdout", "run_completed",
                ]
            )
            #expect(frames.numbers == Array(1...frames.types.count))
            #expect(frames.states.last == "completed")
            #expect(frames.last?["type"] == "state", "how it ended is the last that is said")
        }
    }

    @Test func aGoalIsACallNamedAfterItsGate() async throws {
        try await ContractBench.servingM("fix", pipeline: "fix") { bench in
            let run = try await bench.ordered()
            let frames = try await bench.frames(of: run)
            let checks = frames.compactMap { $0["event"]?["data"] }.filter {
                $0["tool"] == "content" && $0["success"] != nil
            }
            #expect(checks.first?["success"] == false)
            #expect(checks.first?["error"] == "It is ''.")
            #expect(checks.last?["success"] == true)
            #expect(frames.types.last == "run_completed")
        }
    }

    @Test func whoComesBackIsToldWhatIsNew() async throws {
        try await ContractBench.servingM("fix", pipeline: "fix") { bench in
            let run = try await bench.ordered()
            let all = try await bench.frames(of: run)
            let events = all.filter { $0["type"] == "event" }
            for number in [0, 1, events.count / 2, events.count - 1, events.count, events.count + 2] {
                let rest = try await bench.frames(of: run, from: number)
                #expect(rest.filter { $0["type"] == "event" } == Array(events.dropFirst(number)))
                #expect(rest.states == ["completed"], "how it stands, and not how it once stood")
            }
            #expect(try await bench.frames(of: run, from: -5).numbers == events.numbers)
        }
    }

    @Test func theSameIsThereAsAList() async throws {
        try await ContractBench.servingM("fix", pipeline: "fix") { bench in
            let run = try await bench.ordered()
            let events = try await bench.frames(of: run).compactMap { $0["event"] }
            #expect(try await bench.json("/api/runs/\(run)/events").elements == events)
            #expect(try await bench.json("/api/runs/\(run)/events?from_seq=3").elements == Array(events.dropFirst(3)))
            let wrong = try await bench.client.get("/api/runs/\(run)/events?from_seq=soon")
            #expect(try refusal(wrong) == "400 invalid_input invalid from_seq parameter")
        }
    }

    /// Two that watch together, one from the middle on, are told the same.
    @Test func whoComesWhileItWorksMissesNothing() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            async let first = bench.frames(of: run)
            async let second = bench.frames(of: run, from: 4)
            _ = try await bench.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            let (all, rest) = (try await first, try await second)
            #expect(rest.numbers == Array(all.numbers.dropFirst(4)))
            #expect(all.numbers == Array(1...all.numbers.count))
        }
    }

    /// The whole of a long history, then what happens; who reads it gets all of it, in order.
    @Test func aHundredThousandEventsAreReplayed() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let most = 100_000
            for start in stride(from: 2, through: most - 1, by: 100) {
                let numbers = start..<min(start + 100, most)
                try await bench.services.runs.report(numbers.map { .output(.stdout, "line \($0)") }, of: RunID(run))
            }
            async let frames = bench.frames(of: run)
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let all = try await frames
            #expect(all.numbers == Array(1...most))
            let lines = all.compactMap { $0["event"]?["data"]?["text"]?.text }
            #expect(lines == (2..<most).map { "line \($0)" })
            #expect(all.types.last == "run_cancelled")
            let rest = try await bench.frames(of: run, from: most - 3)
            #expect(rest.numbers == [most - 2, most - 1, most])
            let list = try await bench.json("/api/runs/\(run)/events").elements
            #expect(list.count == most)
        }
    }

    /// What stands in a store may be anything: it traps nobody.
    @Test func aCallThatLastedForEverIsTold() throws {
        var renderer = MRenderer(run: "r1")
        let report = OutsideReport.callEnded(
            id: "c1",
            tool: "Bash",
            isError: false,
            duration: .milliseconds(Int.max),
            error: nil
        )
        let event = Event(sequence: 1, at: Instant(milliseconds: 0), payload: .reported(report), digest: Chain.start)
        #expect(renderer.numbered(event).first?.event.data["duration_ms"] == .int(.max))
    }

    @Test func whatFailsIsTold() async throws {
        try await ContractBench.servingM("down") { bench in
            let run = try await bench.ordered()
            let frames = try await bench.frames(of: run)
            #expect(frames.types.last == "run_failed")
            #expect(frames.states.last == "failed")
            let error = frames.last { $0["event"]?["type"] == "run_failed" }?["event"]?["data"]?["error"]?.text
            #expect(error?.contains("The service refused the key.") == true)
        }
    }
}
