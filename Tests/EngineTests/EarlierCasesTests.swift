import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Says no, and what it knew of earlier checks; two of its ten tests fail, of which it runs only one in the second check.
struct RecallingGate: Gate {
    static let id: ModuleID = "recalling"
    static let aliases: [ModuleID] = ["remembering"]
    static let summary = "Says what it knows of earlier checks."
    init(settings: NoFields) {}

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let failed = context.failedBefore.map(\.id).joined(separator: ", ")
        let seconds = context.allBefore.reduce(0) { $0 + ($1.seconds ?? 0) }
        let reason = "Failed: \(failed). All: \(context.allBefore.count) in \(Int(seconds)) s."
        let all = (1...10).map { TestCase("t\($0)", $0 < 3 ? .failed : .passed, seconds: 2) }
        return Verdict(.failed, reason, cases: context.failedBefore.isEmpty ? all : [all[1]])
    }
}

/// Gates know which of their cases failed in the check before.
struct EarlierCasesTests {
    private func reasons(_ goal: JSONValue) async throws -> [String] {
        var registry = Bench.registry
        registry.add(RecallingGate.self)
        let bench = Bench(registry: registry)
        defer { bench.remove() }
        let replies: JSONValue = [["text": "Hm."], ["text": "Hm."]]
        let run = try await bench.start(replies, goal: goal, limits: ["iterations": 2])
        _ = try await bench.services.runs.carryOn(run)
        return try await bench.services.runs.events(of: run).compactMap { event in
            guard case .checkFinished(_, let result) = event.payload else { return nil }
            return result.reason
        }
    }

    /// What the second check left out is still known of the start.
    @Test func aGateKnowsWhatFailedAndWhatEverythingTakes() async throws {
        #expect(
            try await reasons("recalling") == [
                "Failed: . All: 0 in 0 s.", "Failed: t1, t2. All: 10 in 20 s.", "Failed: t2. All: 10 in 20 s.",
            ]
        )
    }

    @Test func ofAGoalOfSeveralEachKnowsItsOwn() async throws {
        let whole = "Failed: t1, t2. All: 10 in 20 s."
        let reasons = try await reasons(["all": ["recalling", "content", "remembering"]])
        #expect(reasons[1].hasPrefix("recalling: \(whole) "), "\(reasons)")
        #expect(reasons[1].hasSuffix(" remembering: \(whole)"), "\(reasons)")
    }

    /// Whose a case is cannot be told then.
    @Test func aGateThatIsAskedTwiceKnowsNothing() async throws {
        let nothing = "recalling: Failed: . All: 0 in 0 s."
        #expect(try await reasons(["any": ["recalling", "recalling"]])[1] == "\(nothing) \(nothing)")
    }
}
