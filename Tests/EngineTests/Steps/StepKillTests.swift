import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Graphs of steps that a generator made, each played to its end undisturbed, and by processes that die.
struct StepKillTests {
    /// All that two ways to the same end have in common.
    private struct End: Equatable {
        var phase: RunState.Phase
        /// Each step of each pass, sorted: which of two was faster differs.
        var steps: [String]
        var files: [String: String]
    }

    private static let graphs = 50
    private static let lanes = 2

    @Test(arguments: 0..<lanes) func whereverAProcessDiesTheEndIsTheSame(lane: Int) async throws {
        var (deaths, kinds) = (0, Set<Step.Kind>())
        for number in stride(from: lane, to: Self.graphs, by: Self.lanes) {
            let pipeline = try GraphMaker.pipeline(seed: UInt64(number))
            kinds.formUnion((pipeline.steps ?? []).map(\.kind))
            let (undisturbed, batches) = try await play(pipeline, dyingAfter: .max)
            for instant in 1..<batches {
                let (end, _) = try await play(pipeline, dyingAfter: instant)
                #expect(end == undisturbed, "graph \(number), dead after batch \(instant): \(pipeline.json.jsonText)")
                deaths += 1
            }
        }
        #expect(deaths > 500, "\(deaths)")
        #expect(kinds.count == 4, "\(kinds)")
    }

    /// Plays a graph in a process that dies, and then in one that does not.
    ///
    /// - Returns: the end, and how many batches were written on the way.
    private func play(_ pipeline: Pipeline, dyingAfter batches: Int) async throws -> (End, Int) {
        let disk = MemoryStore()
        let first = MortalStore(disk, dyingAfter: batches)
        let host = ProcessName.current.value.prefix { $0 != ":" }
        let bench = StepBench.make(first, ProcessName("\(host):before:1:1"), Bench.temporary())
        defer { bench.remove() }
        try? await live(bench, pipeline)
        if first.isDead {
            let second = StepBench.make(disk, .current, bench.directory)
            try await live(second, pipeline)
            return (try await end(second), first.appended)
        }
        return (try await end(bench), first.appended)
    }

    /// What a person does: starts the run, goes on with it, and answers what it asks.
    private func live(_ bench: Bench, _ pipeline: Pipeline) async throws {
        if try await bench.services.runs.summary(of: "r1") == nil { _ = try await bench.start(pipeline) }
        for _ in 0..<60 {
            let state = try await bench.services.runs.carryOn("r1")
            guard state.status == .waiting else { return }
            for asked in state.pendingApprovals.map(\.approval) {
                var yes = Resolution(.approved, by: "ada")
                if asked.input != nil { yes.answer = ["decision": "approve"] }
                try await bench.services.approvals.resolve(asked.id, of: "r1", with: yes, shown: asked.shown)
            }
        }
    }

    private func end(_ bench: Bench) async throws -> End {
        let events = try await bench.services.runs.events(of: "r1")
        var begun: [StepPlace: Int] = [:]
        for event in events { if case .stepStarted(let place, _) = event.payload { begun[place, default: 0] += 1 } }
        #expect(begun.values.allSatisfy { $0 == 1 }, "a step begins once in a pass: \(begun)")
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.directory)
        let files = names.map { ($0, bench.read($0) ?? "") }
        return End(
            phase: RunState(replaying: events).phase,
            steps: try await bench.ends().sorted(),
            files: Dictionary(uniqueKeysWithValues: files)
        )
    }
}
