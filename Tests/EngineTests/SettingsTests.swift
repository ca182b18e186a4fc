import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A person sets another model, or other moments to be asked at, while the run is under way.
struct SettingsTests {
    private let state = RunState.given([
        .started(["name": "p", "goal": "command", "model": "m/x", "human": ["gate": "after_check"]]), .opened,
    ])

    private func change(_ model: String?, _ gate: HumanPolicy.Moment?) -> SettingsChange {
        SettingsChange(model: model.flatMap(ModelName.init), gate: gate, by: "ada")
    }

    @Test func whatIsSetCountsFromThenOn() throws {
        let events = try state.when(.changeSettings(change("m/y", .never)))
        #expect(events == [.settingsChanged(change("m/y", .never))])
        let next = state.after(events)
        #expect(next.pipeline?.model == ModelChain("m/y"))
        #expect(next.pipeline?.human.gate == .never)
        #expect(next.effects == state.effects)
    }

    @Test func whatIsSoAlreadyIsNoChange() throws {
        #expect(try state.when(.changeSettings(change("m/x", .afterCheck))).isEmpty)
        #expect(try state.when(.changeSettings(change(nil, nil))).isEmpty)
        let events = try state.when(.changeSettings(change("m/x", .plan)))
        #expect(events == [.settingsChanged(change(nil, .plan))])
    }

    @Test func aRunThatHasEndedMayBeSetOtherwiseBeforeItIsTakenUpAgain() throws {
        let ended = state.after([.runFinished(.failed, reason: "No.")])
        let next = ended.after(try ended.when(.changeSettings(change("m/y", nil))))
        #expect(next.pipeline?.model == ModelChain("m/y"))
        #expect(next.isFinished)
    }

    @Test func anotherModelMakesAnotherBriefing() throws {
        let state = RunState.given([
            .started(["name": "p", "goal": "content", "model": "notes/x", "tools": ["look"]]), .opened,
        ])
        let briefing = try Briefing(state, Bench.registry)
        #expect(briefing.holds(for: state))
        let other = state.after([.settingsChanged(change("notes/y", nil))])
        #expect(!briefing.holds(for: other))
        #expect(try Briefing(other, Bench.registry).digest != briefing.digest)
        #expect(!briefing.holds(for: state.after([.settingsChanged(change(nil, .plan))])))
    }

    @Test func theNextTurnAsksTheNewModel() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start(
            [["text": "I think it is done."], ["calls": [RunningTests.write]]],
            human: ["gate": "after_failed_check"]
        )
        #expect(try await bench.services.runs.carryOn(run).status == .waiting)
        try await bench.services.runs.change(run, RunChange(model: ModelName("notes/y"), gate: .never), by: "ada")
        #expect(try await bench.services.runs.summary(of: run)?.details["model"] == "notes/y")
        let answer = Resolution(.approved, by: "ada", message: "It is not.")
        try await bench.services.approvals.resolve("a1", of: run, with: answer, shown: nil)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(state.messages.contains(.user("ada says: It is not.")))
        let models = try await bench.services.runs.events(of: run).compactMap { event in
            if case .modelRequested(let intent) = event.payload { intent.model } else { nil }
        }
        #expect(models == ["notes/x", "notes/y", "notes/y"])
    }

    @Test func aModelThatCannotBeAskedChangesNothing() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([])
        let words = "There is no model provider 'noted'. Did you mean 'notes'? There are: notes."
        let change = RunChange(model: ModelName("noted/x"), gate: .plan, limits: Limits())
        await #expect(throws: ServiceError.invalid(words)) {
            try await bench.services.runs.change(run, change, by: "ada")
        }
        #expect(try await bench.types() == ["run.started"])
    }

    @Test func limitsAreChangedWithTheSettings() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([])
        var limits = Limits()
        limits.iterations = 3
        try await bench.services.runs.change(run, RunChange(gate: .afterCheck, limits: limits), by: "ada")
        try await bench.services.runs.change(run, RunChange(gate: .afterCheck, limits: limits), by: "ada")
        #expect(try await bench.types() == ["run.started", "settings.changed", "limits.changed"])
        let row = try #require(try await bench.services.runs.summary(of: run))
        #expect(row.details["human_gate"] == "after_check")
        #expect(row.details["iterations"] == 3)
    }

    @Test func aMessageReachesTheModelAndAnEmptyOneIsRefused() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([])
        try await bench.services.runs.addMessage("Look at calc.py.", to: run, by: "ada")
        #expect(try await bench.services.runs.state(of: run).messages == [.user("Look at calc.py.")])
        let words = "The message is empty. Say what the model should know."
        await #expect(throws: ServiceError.invalid(words)) {
            try await bench.services.runs.addMessage(" \n", to: run, by: "ada")
        }
        try await bench.services.runs.cancel(run, by: "ada")
        await #expect(throws: ServiceError.refused(.alreadyFinished(.aborted))) {
            try await bench.services.runs.addMessage("Look.", to: run, by: "ada")
        }
    }
}
