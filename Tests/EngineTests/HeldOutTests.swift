import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A goal that holds out files is judged twice: without them, of which the model is told all, and with them, of which it
/// is told how many cases fail.
struct HeldOutTests {
    private static let yes = Verdict(.passed, "All 1 tests pass.", score: 1, cases: [TestCase("a", .passed)])
    private static let no = Verdict(
        .failed,
        "1 of 1 test fails: a.",
        score: 0,
        cases: [TestCase("a", .failed, "is 1")],
        details: "a\nis 1"
    )
    private static let hiddenNo = Verdict(
        .failed,
        "1 of 2 tests fails: secret.",
        score: 0.5,
        cases: [TestCase("a", .passed), TestCase("secret", .failed, "the secret")],
        details: "the secret"
    )
    private static let hiddenYes = Verdict(
        .passed,
        "All 2 tests pass.",
        score: 1,
        cases: [TestCase("a", .passed), TestCase("secret", .passed)]
    )

    @Test func bothTreesHaveToHold() {
        #expect(Self.yes.judged(withHeldOut: Self.hiddenYes).holds)
        #expect(!Self.no.judged(withHeldOut: Self.hiddenYes).holds)
        #expect(!Self.yes.judged(withHeldOut: Self.hiddenNo).holds)
    }

    @Test func nothingOfWhatIsHeldOutIsInTheWordsForTheModel() {
        let verdict = Self.yes.judged(withHeldOut: Self.hiddenNo)
        #expect(verdict.reason == "With the files that are held out the goal does not hold: 1 of 2 cases fails.")
        #expect(verdict.details == "")
        #expect(verdict.cases == Self.yes.cases)
        #expect(verdict.heldOut == Verdict.HeldOut(Self.hiddenNo))
        let words = Report.words(
            CheckResult(verdict, refused: [], report: nil),
            after: CheckName(iteration: 1),
            of: Limits(),
            hasGoal: true
        )
        #expect(!words.contains("secret."))
        #expect(words.hasSuffix("1 of 2 cases fails."))
    }

    @Test func whatTheVisibleTreeSaysIsToldAsAlways() {
        let verdict = Self.no.judged(withHeldOut: Self.hiddenNo)
        #expect(verdict.reason == Self.no.reason)
        #expect(verdict.details == Self.no.details)
    }

    @Test func aSuiteThatIsHeldOutWholeIsJudgedByItself() {
        let nothing = Verdict(.failed, "No tests were collected in the workspace.")
        #expect(nothing.judged(withHeldOut: Self.hiddenYes).holds)
        let verdict = nothing.judged(withHeldOut: Self.hiddenNo)
        #expect(verdict.reason == "With the files that are held out the goal does not hold: 1 of 2 cases fails.")
    }

    @Test func aHiddenCaseThatIsGoneIsALoss() {
        let verdict = Self.yes.judged(withHeldOut: Self.yes).compared(
            toBaseline: Self.yes.cases,
            heldOut: Self.hiddenNo.cases
        )
        #expect(!verdict.holds)
        #expect(verdict.reason == "With the files that are held out, cases of the start are gone or are skipped now.")
        #expect(verdict.heldOut?.reason == "The test 'secret' was there at the start and is gone.")
    }

    @Test func itIsRecordedForPeople() throws {
        let result = CheckResult(Self.yes.judged(withHeldOut: Self.hiddenNo), refused: [], report: nil)
        let event = Event.Payload.checkFinished(CheckName(iteration: 1), result)
        #expect(
            event.body["held_out"] == [
                "outcome": "failed", "reason": "1 of 2 tests fails: secret.", "counts": ["passed": 1, "failed": 1],
                "failing": [["id": "secret", "outcome": "failed", "message": "the secret"]],
            ]
        )
        let row = try #require(Chain.rows([event], after: 0, head: Chain.start, at: .start).first)
        #expect(try EventCodec.decode(row).payload == event)
        let report = CheckReport(Self.yes.judged(withHeldOut: Self.hiddenNo))
        #expect(CheckReport(report.json) == report)
        #expect(report.heldOut == Self.hiddenNo.cases)
    }

    // MARK: - Runs

    /// Holds a file out: where it is judged with, there is `secret` in the directory.
    private static let sealing = PlainWorkspaces(
        opened: { $0.workspace.heldOut = $1.heldOut.isEmpty ? nil : "held" },
        rebuilt: { workspace, policy in
            let path = "\(workspace.path)/secret"
            try? FileManager.default.removeItem(atPath: path)
            if policy.adding == "held" { try? "done".write(toFile: path, atomically: true, encoding: .utf8) }
        }
    )

    /// Holds while `out` is as long as it has to be, which the hidden file tells.
    struct PairGate: Gate {
        static let id: ModuleID = "pair"
        static let summary = "Compares."
        init(settings: NoFields) throws(Failure) {}
        func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
            let read: (String) -> String? = { try? String(contentsOfFile: "\(workspace.path)/\($0)", encoding: .utf8) }
            let out = read("out") ?? ""
            let hidden = read("secret").map { [TestCase("hidden", out == $0 ? .passed : .failed, "expected \($0)")] }
            let cases = [TestCase("seen", out.isEmpty ? .failed : .passed, "it is empty")] + (hidden ?? [])
            let failing = cases.filter { $0.outcome == .failed }.map { "\($0.id): \($0.message)" }
            return Verdict(failing.isEmpty ? .passed : .failed, failing.joined(separator: ", "), cases: cases)
        }
    }

    private func carriedOut(_ replies: JSONValue) async throws -> (state: RunState, checks: [CheckResult]) {
        var registry = Bench.registry
        registry.add(PairGate.self)
        let bench = Bench(registry: registry, sandboxes: SandboxLevelTests.Walls(), workspaces: Self.sealing)
        defer { bench.remove() }
        let goal: JSONValue = ["gate": "pair", "holdout": ["secret"]]
        let run = try await bench.start(
            replies,
            goal: goal,
            limits: ["iterations": 3],
            workspace: ["isolation": "copy"]
        )
        let state = try await bench.services.runs.carryOn(run)
        let checks = try await bench.services.runs.events(of: run).compactMap { event -> CheckResult? in
            guard case .checkFinished(_, let result) = event.payload else { return nil }
            return result
        }
        return (state, checks)
    }

    private static func write(_ text: String) -> JSONValue {
        ["calls": [["tool": "write", "arguments": ["file": "out", "text": .string(text)]]]]
    }

    @Test func aRunGoesOnUntilTheHiddenCasesHoldToo() async throws {
        let ended = try await carriedOut([Self.write("guess"), ["text": "So."], Self.write("done"), ["text": "So."]])
        #expect(ended.state.status == .achieved)
        #expect(
            ended.checks.map(\.reason) == [
                "seen: it is empty", "With the files that are held out the goal does not hold: 1 of 2 cases fails.",
                "The goal holds, with the files that are held out too.",
            ]
        )
        // The start is judged with them whatever the others say: there is something to compare with then.
        #expect(ended.checks.map { $0.heldOut?.outcome } == [.failed, .failed, .passed])
        let said = ended.state.messages.map { "\($0)" }.joined()
        #expect(!said.contains("hidden") && !said.contains("expected done"))
    }

    @Test func whatDoesNotHoldInTheVisibleTreeIsNotJudgedWithTheOther() async throws {
        let ended = try await carriedOut([["calls": [["tool": "look"]]], ["text": "So."], ["text": "So."]])
        #expect(ended.checks.first?.heldOut?.outcome == .failed)
        #expect(ended.checks.dropFirst().allSatisfy { $0.heldOut == nil || $0.unchangedSince != nil })
        #expect(!ended.state.messages.map { "\($0)" }.joined().contains("hidden"))
    }

    @Test func withoutASandboxSuchARunIsNotStarted() async throws {
        var registry = Bench.registry
        registry.add(PairGate.self)
        let walls = SandboxLevelTests.Walls(SandboxLevelTests.missing)
        let bench = Bench(registry: registry, sandboxes: walls, workspaces: Self.sealing)
        defer { bench.remove() }
        await #expect(throws: ServiceError.invalid(SandboxLevelTests.missing.message)) {
            _ = try await bench.start(
                [],
                goal: ["gate": "pair", "holdout": ["secret"]],
                workspace: ["isolation": "copy"]
            )
        }
    }
}
