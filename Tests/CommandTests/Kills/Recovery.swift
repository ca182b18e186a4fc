import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Takes a killed rehearsal up and carries it to its end, answering as a person would who looks at the files.
struct Recovery {
    let rehearsal: Rehearsal
    /// What was recorded when the process was killed.
    let before: [Event]
    /// When that was, for the messages of tests that fail.
    let when: Comment

    init(_ rehearsal: Rehearsal, _ when: Comment) async throws {
        self.rehearsal = rehearsal
        self.when = when
        before = try await rehearsal.bench.events(of: Rehearsal.run)
    }

    func finish() async throws {
        guard !before.isEmpty else { return try await findsNothing() }
        for _ in 0..<10 {
            let ended = try await rehearsal.play(.resume)
            if ended.status == 0 { return }
            if ended.status == 1 {
                let isOver = "The run has reached its goal; there is nothing to take up again.\n"
                return #expect(ended.errors == isOver, when)
            }
            try #require(ended.status == 2, "\(when): \(ended)")
            try await answer()
        }
        Issue.record("\(when): The run asks without end.")
    }

    /// A run whose start was not recorded does not exist.
    private func findsNothing() async throws {
        let ended = try await rehearsal.play(.resume)
        #expect(ended.errors == "There is no run 'r1'. 'sluice runs' lists them.\n", when)
        #expect(ended.status == 64, when)
        for step in Rehearsal.Step.allCases { _ = try await rehearsal.play(step) }
    }

    private func answer() async throws {
        let state = RunState(replaying: try await rehearsal.bench.events(of: Rehearsal.run))
        for pending in state.pendingApprovals.map(\.approval) {
            let mayGoOn = try granted(pending, state)
            let words = ["approve", Rehearsal.run, pending.id.value] + (mayGoOn ? [] : ["--reject"])
            let ended = try await rehearsal.bench.start(words + ["--shown", "\(pending.shown)"]).ended()
            try #require(ended.status == 0, "\(when): \(ended)")
        }
    }

    /// Yes, unless it is about doing something again that is done already and cannot be done twice.
    private func granted(_ approval: Approval, _ state: RunState) throws -> Bool {
        guard case .repetition(let id) = approval.subject else { return true }
        let call = try #require(state.calls[id]).proposed
        #expect(!call.isRepeatable, when)
        #expect(before.starts(id) > 0 && !before.finished(id), when)
        let question =
            "\(call.call.tool) was interrupted and may already have run. Run it again? \(call.call.arguments)"
        #expect(approval.question == question, when)
        return switch call.call.tool {
        case "file_patch": rehearsal.bench.read("project/words.txt") == "red gren blue\n"
        case "file_delete": rehearsal.bench.read("project/wrong.txt") != nil
        default: true
        }
    }

    /// Compares what came of it with a rehearsal that nothing disturbed.
    func check(against undisturbed: Outcome) async throws {
        let after = try await rehearsal.outcome()
        #expect(Array(after.events.prefix(before.count)) == before, when)
        #expect(after.tree == undisturbed.tree, when)
        checkCalls(after)
        checkHistory(after, undisturbed)
        let verified = try await rehearsal.bench.sluice("verify", Rehearsal.run)
        let sentence = "The history of run r1 is whole: \(after.events.count) events, head \(after.head).\n"
        #expect(verified.output == sentence, when)
    }

    /// A call whose end was recorded ran once; one that was interrupted ran again only where a person said so.
    private func checkCalls(_ after: Outcome) {
        for (id, word) in [("1.2", "first"), ("4.2", "second")].map({ (CallID($0), $1) }) {
            let times = after.calls.count { $0 == word }
            #expect(times >= 1 && times <= max(1, after.events.starts(id)), "\(when): '\(word)' ran \(times) times")
            if before.finished(id) { #expect(times == before.starts(id), when) }
        }
    }

    private func checkHistory(_ after: Outcome, _ undisturbed: Outcome) {
        let told = Retelling(of: after.events)
        if told.additions.isEmpty { #expect(after.head == undisturbed.head, when) }
        if let call = told.notRepeated.first {
            let same = undisturbed.events.map(\.payload).withoutTraces(of: call)
            #expect(told.rest.withoutTraces(of: call) == same, when)
        } else if let first = undisturbed.events.first {
            let rows = Chain.rows(told.rest, after: 0, head: Chain.start, at: first.at)
            #expect(rows.last?.digest == undisturbed.head, "\(when): \(told.additions.map(\.type))")
        }
    }
}

extension [Event] {
    fileprivate func starts(_ call: CallID) -> Int { count { $0.payload == .callStarted(call) } }

    fileprivate func finished(_ call: CallID) -> Bool {
        contains { if case .callFinished(call, _) = $0.payload { true } else { false } }
    }
}
