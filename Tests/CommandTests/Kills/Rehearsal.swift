import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The pipeline of the kill sweep, played again and again in the same place, so that its histories can be equal.
struct Rehearsal {
    /// What a person does: start it, answer its one question, carry it on.
    enum Step: String, CaseIterable {
        case run, approve, resume
    }

    static let run = "r1"
    private static let fixtures = "\(Bench.package)/Tests/Fixtures/Rehearsal"
    let bench: Bench

    init(_ bench: Bench) {
        var bench = bench
        bench.environment["SLUICE_TEST_CLOCK"] = "2026-01-01T00:00:00Z"
        self.bench = bench
    }

    /// Sets the stage as it was before the first step, or as it was kept before a later one.
    func reset(to step: Step = .run) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.root) {
            try FileManager.default.removeItem(atPath: "\(bench.root)/\(name)")
        }
        try copy(step == .run ? Self.fixtures : kept(before: step), to: bench.root)
        try FileManager.default.createDirectory(atPath: "\(bench.root)/home", withIntermediateDirectories: true)
        if bench.read("home/calls.log") == nil { try bench.write("", to: "home/calls.log") }
    }

    /// Keeps the stage as it is now, for ``reset(to:)``.
    func keep(before step: Step) throws {
        try FileManager.default.createDirectory(atPath: kept(before: step), withIntermediateDirectories: true)
        try copy(bench.root, to: kept(before: step))
    }

    private func kept(before step: Step) -> String { "\(bench.root).before-\(step)" }

    private func copy(_ source: String, to target: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: source) {
            try FileManager.default.copyItem(atPath: "\(source)/\(name)", toPath: "\(target)/\(name)")
        }
    }

    /// Removes what was kept.
    func clear() {
        for step in Step.allCases { try? FileManager.default.removeItem(atPath: kept(before: step)) }
    }

    func start(_ step: Step, adding more: [String: String] = [:]) throws -> Running {
        let words =
            switch step {
            case .run: ["run", "pipeline.yaml", "--cwd", "project", "--id", Self.run, "--json"]
            case .approve: ["approve", Self.run, "a1"]
            case .resume: ["resume", Self.run, "--json"]
            }
        return try bench.start(words, adding: more)
    }

    func play(_ step: Step, adding more: [String: String] = [:]) async throws -> Ended {
        try await start(step, adding: more).ended()
    }

    /// What each call that writes left behind, once for each time it was carried out.
    var calls: [String] { bench.read("home/calls.log")?.split(separator: "\n").map(String.init) ?? [] }

    func outcome() async throws -> Outcome {
        Outcome(events: try await bench.events(of: Self.run), tree: try bench.tree(), calls: calls)
    }
}

/// What is left of a rehearsal.
struct Outcome {
    var events: [Event]
    var tree: [String: String]
    var calls: [String]
    var head: Digest { events.last?.digest ?? Chain.start }
}

/// A rehearsal that nothing disturbed, and how many instants each of its steps had.
struct Undisturbed {
    var outcome: Outcome
    var instants: [(step: Rehearsal.Step, count: Int)]

    init(_ rehearsal: Rehearsal) async throws {
        try rehearsal.reset()
        instants = []
        for (step, status) in zip(Rehearsal.Step.allCases, [2, 0, 0]) {
            if step != .run { try rehearsal.keep(before: step) }
            let log = "\(rehearsal.bench.root)/instants"
            let ended = try await rehearsal.play(step, adding: ["SLUICE_TEST_FAULT_LOG": log])
            try #require(ended.status == status, "\(step): \(ended)")
            let names = try #require(rehearsal.bench.read(log)).split(separator: "\n")
            instants.append((step, names.count))
            try FileManager.default.removeItem(atPath: log)
        }
        outcome = try await rehearsal.outcome()
        try #require(outcome.calls == ["first", "second"])
    }
}
