import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A list of models: each stands in for those before it.
struct FallbackTests {
    private static let a = ModelName("m/a")!
    private static let b = ModelName("m/b")!
    private static let down = Failure(.unavailable, "It is down.")

    private let asked = RunState.given(
        [.started(["name": "p", "goal": "command", "model": ["m/a", "m/b"]]), .opened]
            + Event.Payload.checked(0, CheckResult(.failed, "No."))
            + [.iterationStarted(1), intent(1, 1)]
    )

    private static func intent(_ turn: Int, _ attempt: Int) -> Event.Payload {
        let reserved = Spending(tokens: 100)
        return .modelRequested(
            ModelIntent(turn: turn, attempt: attempt, model: "m", reserved: reserved, request: Chain.start)
        )
    }

    private static func failed(_ attempt: Int, _ failure: Failure = down) -> Event.Payload {
        .modelFailed(turn: 1, attempt: attempt, failure, retryAt: .start)
    }

    @Test func theNextModelStandsInForOneThatGivesUp() throws {
        let events = try asked.when(.failTurn(1, attempt: 1, Self.down, retryAt: nil))
        let now = asked.updatedAt + .seconds(1)
        #expect(
            events == [
                .modelFailed(turn: 1, attempt: 1, Self.down, retryAt: now), .modelFellBack(from: Self.a, to: Self.b),
            ]
        )
        let next = asked.after(events)
        #expect(next.model == Self.b)
        #expect(next.standIn == nil)
        #expect(next.effects == [.ask(turn: 1, attempt: 2, notBefore: now)])
    }

    @Test func theRunFailsWhenTheLastOneGivesUpToo() throws {
        let last = asked.after([Self.failed(1), .modelFellBack(from: Self.a, to: Self.b), Self.intent(1, 2)])
        let events = try last.when(.failTurn(1, attempt: 2, Self.down, retryAt: nil))
        #expect(events.last == .runFinished(.failed, reason: "It is down."))
        #expect(last.after(events + [.runReopened(by: "ada")]).model == Self.a)
    }

    @Test func theFirstModelIsAskedAgainAfterTheNextCheck() {
        let reply = RecordedReply(turn: 1, text: "Done.", usage: Usage(), cost: nil, stop: .finished)
        let replied = asked.after(
            [Self.failed(1), .modelFellBack(from: Self.a, to: Self.b), Self.intent(1, 2), .modelReplied(reply)]
        )
        #expect(replied.model == Self.b)
        #expect(replied.after(Event.Payload.checked(1, CheckResult(.failed, "No."))).model == Self.a)
    }

    @Test func onlyAttemptsThatWereMadeCountAgainstAModel() {
        let postponed = Failure(.unavailable, "Left alone.", retryAfter: 30, isPostponed: true)
        let state = asked.after([Self.failed(1), Self.intent(1, 2), Self.failed(2, postponed)])
        #expect(state.failuresOfModel == 1)
        #expect(state.effects == [.ask(turn: 1, attempt: 3, notBefore: .start)])
        #expect(state.after([.modelFellBack(from: Self.a, to: Self.b)]).failuresOfModel == 0)
    }

    @Test func aPersonWhoSetsAModelSetsTheWholeList() {
        let change = SettingsChange(model: Self.b, by: "ada")
        let state = asked.after([.settingsChanged(change)])
        #expect(state.model == Self.b)
        #expect(state.standIn == nil)
    }

    @Test func aRunGoesOnWithTheModelThatAnswers() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let replies: JSONValue = [
            ["calls": [RunningTests.write], "down": ["x"]], ["text": "Done.", "down": ["x"]],
        ]
        let run = try await bench.start(replies, model: ["notes/x", "notes/y"])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        let models = try await bench.services.runs.events(of: run).compactMap { event in
            if case .modelRequested(let intent) = event.payload { intent.model } else { nil }
        }
        #expect(models == ["notes/x", "notes/x", "notes/y", "notes/y"])
        let types = try await bench.types()
        #expect(types.count { $0 == "model.fell_back" } == 1)
    }

    @Test func everyModelOfTheListMustBeThere() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let words = "There is no model provider 'noted'. Did you mean 'notes'? There are: notes."
        let pipeline = try Pipeline(json: ["name": "p", "goal": "content", "model": ["notes/x", "noted/y"]])
        #expect(throws: Failure(.missing, words)) { try bench.services.readiness.check(pipeline) }
    }
}
