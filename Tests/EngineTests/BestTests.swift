import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A goal whose score is to be as high as it can be: the run goes on, and ends with the files that scored most.
struct BestTests {
    /// Scores what `out` says, in hundredths.
    struct MeterGate: Gate {
        static let id: ModuleID = "meter"
        static let summary = "Reads a number."
        init(settings: NoFields) throws(Failure) {}
        func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
            let text = (try? String(contentsOfFile: "\(workspace.path)/out", encoding: .utf8)) ?? "0"
            guard let number = Double(text) else { return .failed("'\(text)' is no number.") }
            return .failed("It is \(text).", score: number / 100)
        }
    }

    /// What `out` held is the name of its snapshot, and so can be brought back.
    private static let keeping = PlainWorkspaces(
        opened: { opened, _ in opened.start = "snapshot-of-nothing" },
        restored: { snapshot, workspace in
            let text = String(snapshot.value.dropFirst("snapshot-of-".count))
            let content = text == "nothing" ? "" : text
            try? content.write(toFile: "\(workspace.path)/out", atomically: true, encoding: .utf8)
        }
    )

    private func bench() -> Bench {
        var registry = Bench.registry
        registry.add(MeterGate.self)
        return Bench(registry: registry, workspaces: Self.keeping)
    }

    private static func write(_ text: String) -> [JSONValue] {
        [["calls": [["tool": "write", "arguments": ["file": "out", "text": .string(text)]]]], ["text": "So."]]
    }

    /// Carries a run out in which each iteration leaves a score.
    private func ended(
        _ scores: [String],
        goal: JSONValue = ["best": "meter"],
        iterations: Int? = nil,
        human: JSONValue = [:],
        _ body: (Bench, RunState) async throws -> Void
    ) async throws {
        let bench = bench()
        defer { bench.remove() }
        let run = try await bench.start(
            .array(scores.flatMap(Self.write)),
            human: human,
            goal: goal,
            limits: ["iterations": .int(iterations ?? scores.count)]
        )
        try await body(bench, try await bench.services.runs.carryOn(run))
    }

    private func reason(_ state: RunState) -> String {
        if case .finished(_, let reason) = state.phase { reason } else { "" }
    }

    @Test func theFilesThatScoredMostAreKept() async throws {
        try await ended(["30", "80", "50"]) { bench, state in
            #expect(state.status == .achieved)
            #expect(reason(state) == "The best score is 0.8, after iteration 2; it was 0.0 at the start.")
            #expect(bench.read("out") == "80")
            let types = try await bench.types()
            #expect(
                types.suffix(4) == ["check.finished", "best.chosen", "workspace.rolled_back", "run.finished"]
            )
        }
    }

    @Test func theModelIsToldTheScoreAndTheBest() async throws {
        try await ended(["30", "80", "50"]) { _, state in
            let told = state.messages.compactMap { message -> String? in
                if case .user(let text) = message, text.hasPrefix("The score") { text } else { nil }
            }
            #expect(
                told == [
                    "The score is 0.0, of at most 1. It is 0.",
                    "The score after iteration 1 of 3 is 0.3, of at most 1. It is 30.",
                    "The score after iteration 2 of 3 is 0.8, of at most 1. It is 80.",
                    "The score after iteration 3 of 3 is 0.5, of at most 1. The best so far is 0.8, after iteration 2. It is 50.",
                ]
            )
        }
    }

    @Test func whereTheLastIsTheBestNothingIsSetBack() async throws {
        try await ended(["30", "80"]) { bench, state in
            #expect(state.status == .achieved && bench.read("out") == "80")
            let types = try await bench.types()
            #expect(types.suffix(3) == ["check.finished", "best.chosen", "run.finished"])
        }
    }

    @Test func ofTwoThatScoreTheSameTheEarlierIsKept() async throws {
        try await ended(["80", "80.0"]) { bench, state in
            #expect(bench.read("out") == "80")
            #expect(state.best == BestScore(iteration: 1, score: 0.8))
        }
    }

    @Test func aScoreOfOneEndsTheRun() async throws {
        try await ended(["100", "50"]) { bench, state in
            #expect(state.status == .achieved && state.iteration == 1 && bench.read("out") == "100")
        }
    }

    @Test func whatNeverScoresMoreThanTheStartIsNotAchieved() async throws {
        try await ended(["0", "-10"]) { _, state in
            #expect(state.status == .notAchieved)
            #expect(reason(state) == "No iteration scored more than the start: 0.0.")
        }
    }

    @Test func aScoreCountsOnlyWhileTheOtherPartsHold() async throws {
        let goal: JSONValue = ["all": [["gate": "content", "with": ["file": "out", "is": "40"]], ["best": "meter"]]]
        try await ended(["40", "90"], goal: goal) { bench, state in
            #expect(reason(state) == "The best score is 0.4, after iteration 1; the start had none that counts.")
            #expect(bench.read("out") == "40")
            let said = state.messages.map { "\($0)" }.joined()
            #expect(said.contains("There is no score that counts after iteration 2 of 2, as not all else holds."))
        }
    }

    @Test func aRunWithoutAnyScoreThatCountsEndsAsOthersDo() async throws {
        let goal: JSONValue = ["all": [["gate": "content", "with": ["file": "out", "is": "x"]], ["best": "meter"]]]
        try await ended(["40"], goal: goal) { _, state in
            #expect(
                state.status == .notAchieved && reason(state).hasPrefix("The goal does not hold after 1 iteration.")
            )
        }
    }

    @Test func aGateWithoutAScoreCannotBeTheBest() async throws {
        try await ended(["done"], goal: ["best": ["gate": "content", "with": ["file": "out", "is": "done"]]]) {
            _,
            state in
            #expect(state.status == .failed)
            #expect(reason(state).contains("The gate under 'best' gives no score, so nothing can be better"))
        }
    }

    @Test func aPersonWhoHasSeenEnoughKeepsTheBest() async throws {
        try await ended(["80", "50"], iterations: 9, human: ["gate": "after_failed_check"]) { bench, first in
            var state = first
            for decision in [Resolution.Decision.approved, .rejected] {
                let question = try #require(state.pendingApprovals.first?.approval)
                let answer = Resolution(decision, by: "ada")
                try await bench.services.approvals.resolve(question.id, of: "r1", with: answer, shown: nil)
                state = try await bench.services.runs.carryOn("r1")
            }
            #expect(state.status == .achieved && bench.read("out") == "80")
        }
    }

    /// A process that ends between choosing and keeping: the next one keeps.
    @Test func aCrashBeforeTheFilesAreSetBackIsMadeUpFor() async throws {
        try await ended(["80", "50"]) { bench, state in
            let events = try await bench.services.runs.events(of: "r1")
            let cut = try #require(events.firstIndex { $0.payload.type == "best.chosen" })
            let before = RunState(replaying: events[...cut])
            #expect(before.effects == [.keepBest(1)])
            #expect(before.status == .running)
            let end = try before.decide(.keepBest, at: .start)
            #expect(end.map(\.type) == ["workspace.rolled_back", "run.finished"])
        }
    }

    /// A call that writes had begun, and its files were never looked at.
    @Test func filesThatNobodyLookedAtAreSetBackToo() throws {
        let opening: [Event.Payload] = [.started(["name": "p", "goal": ["best": "meter"]]), .opened]
        let checks =
            Event.Payload.checked(0, CheckResult(.failed, "0.", score: 0)) + [.iterationStarted(1)]
            + Event.Payload.checked(1, CheckResult(.failed, "8.", score: 0.8))
        let call = ProposedCall("1.1", "write", reach: [.writes])
        let choice = BestChoice(BestScore(iteration: 1, score: 0.8), .achieved, reason: "Yes.")
        let before = RunState.given(opening + checks)
        let known = try before.after([.bestChosen(choice)]).decide(.keepBest, at: .start)
        #expect(known.map(\.type) == ["run.finished"])
        let unknown = before.after([.callProposed(call), .callStarted("1.1"), .bestChosen(choice)])
        let end = try unknown.decide(.keepBest, at: .start)
        #expect(end.map(\.type) == ["workspace.rolled_back", "run.finished"])
    }

    private static let misplaced: [(JSONValue, String)] = [
        (["any": [["best": "a"], "b"]], "goal: \(place)"),
        (["all": [["best": "a"], ["best": "b"]]], "goal: \(place)"),
        (["best": ["all": [["best": "a"]]]], "goal: \(place)"),
        (
            ["best": "a", "confirm": 2],
            "goal.confirm: A score that is to be the best is judged once: take out 'confirm'."
        ),
    ]

    @Test(arguments: misplaced)
    func bestStandsWhereItHasAMeaning(goal: JSONValue, message: String) throws {
        let problems = #expect(throws: FieldProblems.self) {
            _ = try Pipeline(json: ["name": "p", "goal": goal])
        }
        #expect(problems?.all.map { "\($0.path): \($0.message)" } == [message])
    }

    private static let place =
        "'best' stands once in a goal: alone, or as a part of its outermost 'all', whose other parts must hold."
}
