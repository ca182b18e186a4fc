import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Whatever programs ask and tell and people answer, in any order: a process that comes later knows the same.
struct OutsideFoldTests {
    @Test(arguments: 1...40) func aRestartKnowsTheSame(seed: Int) async throws {
        var dice = Dice(seed: UInt64(seed))
        let store = MemoryStore()
        let bench = Bench(store: store)
        defer { bench.remove() }
        let human: JSONValue = dice.once(in: 2) ? ["deadline": "1h", "on_deadline": "approve"] : [:]
        let run = try await OutsideServiceTests.start(bench, human: human)
        for _ in 0..<60 { await Self.step(bench.services, run, &dice) }
        let state = try await bench.services.runs.state(of: run)
        let restarted = try await Bench(bench.directory, store: store).services.runs.state(of: run)
        #expect(restarted == state)
        let events = try await bench.services.runs.events(of: run)
        #expect(RunState(replaying: events) == state)
        // What is kept of a program is what its events say, and no more.
        #expect(state.outside.approvals.values.allSatisfy { state.approvals[$0] != nil })
        #expect(Set(state.outside.approvals.values).count == state.approvals.count)
        #expect(state.outside.calls == Self.open(events))
    }

    private static func step(_ services: Services, _ run: RunID, _ dice: inout Dice) async {
        let (key, person) = ("k\(dice.roll(1...12))", "p\(dice.roll(1...3))")
        let id = ApprovalID(number: dice.roll(1...12))
        let call = "c\(dice.roll(1...5))"
        switch dice.roll(1...20) {
        case 1...6:
            let form = dice.once(in: 4) ? InputForm.text : nil
            let about: JSONValue = dice.once(in: 2) ? ["n": .int(dice.roll(0...9))] : .null
            let question = OutsideQuestion(key: key, tool: "t", text: "May \(key)?", about: about, form: form)
            _ = try? await services.approvals.ask(question, of: run)
        case 7...11:
            let answer = Resolution(
                dice.once(in: 2) ? .approved : .rejected,
                by: person,
                message: dice.once(in: 3) ? "m" : ""
            )
            try? await services.approvals.resolve(id, of: run, with: answer, shown: nil)
        case 12...14: try? await services.runs.report([.callBegun(id: call, tool: "t", input: ["x": 1])], of: run)
        case 15...16:
            let end = OutsideReport.callEnded(id: call, tool: "t", isError: false, duration: .seconds(1), error: nil)
            try? await services.runs.report([.output(.stdout, "x"), end], of: run)
        case 17...18: try? await services.runs.report([.output(.stderr, "y")], of: run)
        case 19: if dice.once(in: 4) { try? await services.runs.cancel(run, by: person) }
        default: try? await services.runs.reopen(run, limits: nil, by: person)
        }
    }

    /// The calls that were begun and not ended before the run was.
    private static func open(_ events: [Event]) -> Set<String> {
        events.reduce(into: []) { open, event in
            switch event.payload {
            case .reported(.callBegun(let id, _, _)): open.insert(id)
            case .reported(.callEnded(let id, _, _, _, _)): open.remove(id)
            case .runFinished: open = []
            default: break
            }
        }
    }
}
