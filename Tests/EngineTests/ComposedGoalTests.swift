import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// Goals of several gates.
@Suite(.timeLimit(.minutes(2)))
struct ComposedGoalTests {
    private func check(_ goal: JSONValue) async throws -> CheckResult {
        var registry = Bench.registry
        registry.add(MeetingGate.self)
        registry.add(TimingGate.self)
        registry.add(NoAnswerGate.self)
        let bench = Bench(registry: registry)
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]], goal: goal, limits: ["iterations": 1])
        return try #require(try await bench.services.runs.carryOn(run).baseline)
    }

    private func gate(_ id: String, _ name: String) -> JSONValue {
        ["gate": .string(id), "with": ["name": .string(name)]]
    }

    @Test func gatesAreAskedSideBySide() async throws {
        let name = "\(Int.random(in: 0..<Int.max))"
        let result = try await check(["all": [gate("meeting", name), gate("meeting", name)]])
        #expect(result.reason == "meeting: They have met. meeting: They have met.")
    }

    @Test func whatMeasuresRunsAlone() async throws {
        let name = "\(Int.random(in: 0..<Int.max))"
        let parts = [gate("timing", name), gate("meeting", name), gate("meeting", name), gate("timing", name)]
        let result = try await check(["any": .array(parts)])
        let words =
            "timing: Nobody else was there. meeting: They have met. meeting: They have met. timing: Nobody else was there."
        #expect(result.reason == words)
    }

    @Test func theFirstThatGivesNoAnswerIsTold() async throws {
        let result = try await check(["all": [gate("none", "a"), "content", gate("none", "b")]])
        #expect(result.outcome == .unanswered && result.reason == "a does not answer.")
    }
}

/// Who is at work for a goal of a name.
private let present = Mutex<[String: Int]>([:])

private struct NamedSettings: Fields {
    @Field("Which goal it belongs to.") var name: String
    init() {}
}

/// Holds when another one of its name has come.
private struct MeetingGate: Gate {
    static let id: ModuleID = "meeting"
    static let summary = "Waits for another one."
    let settings: NamedSettings
    init(settings: NamedSettings) throws(Failure) { self.settings = settings }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        present.withLock { $0[settings.name, default: 0] += 1 }
        while present.withLock({ $0[settings.name, default: 0] }) < 2 {
            guard !Task.isCancelled else { throw Failure(.cancelled, "Nobody came.") }
            await Task.yield()
        }
        return .passed("They have met.")
    }
}

/// Holds when nobody is at work, or all have gone.
private struct TimingGate: Gate {
    static let id: ModuleID = "timing"
    static let summary = "Measures."
    static let measures = true
    let settings: NamedSettings
    init(settings: NamedSettings) throws(Failure) { self.settings = settings }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let others = present.withLock { $0[settings.name, default: 0] }
        return others == 2 ? .passed("Nobody else was there.") : .failed("\(others) were there.")
    }
}

private struct NoAnswerGate: Gate {
    static let id: ModuleID = "none"
    static let summary = "Does not answer."
    let settings: NamedSettings
    init(settings: NamedSettings) throws(Failure) { self.settings = settings }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        throw Failure(.missing, "\(settings.name) does not answer.")
    }
}
