import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// A fork is a run of its own that begins as another one was.
struct ForkTests {
    private static let replies: JSONValue = [
        ["text": "First.", "calls": [["tool": "write", "arguments": ["file": "x", "text": "1"]]]],
        ["text": "Second.", "calls": [["tool": "write", "arguments": ["file": "out", "text": "done"]]]],
        ["text": "Done."],
    ]
    private static let dear: [String: JSONValue] = ["price": "1000000 USD"]

    private func finished(_ bench: Bench, human: JSONValue = [:], limits: JSONValue = [:]) async throws -> [Event] {
        let run = try await bench.start(Self.replies, human: human, limits: limits, notes: Self.dear, key: "ci")
        _ = try await bench.services.runs.carryOn(run)
        return try await bench.services.runs.events(of: run)
    }

    private func order(at sequence: Int?, _ change: (inout ForkOrder) -> Void = { _ in }) -> ForkOrder {
        var order = ForkOrder(of: "r1", at: sequence, as: "r2", origin: "test", by: "ada")
        change(&order)
        return order
    }

    private func place(of type: String, _ number: Int = 0, in events: [Event]) throws -> Int {
        let all = events.filter { $0.payload.type == type }
        try #require(all.count > number)
        return all[number].sequence
    }

    @Test func itBeginsAsTheOtherRunWasAndGoesOnByItself() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await finished(bench)
        let end = try place(of: "tool_call.finished", 0, in: events)
        #expect(try await bench.services.runs.fork(order(at: end)) == end)

        let forked = try await bench.services.runs.events(of: "r2")
        #expect(forked.count == end + 1)
        #expect(
            zip(forked, events).dropFirst().prefix(end - 1).allSatisfy { $0.payload == $1.payload && $0.at == $1.at }
        )
        guard case .runStarted(let start) = forked[0].payload else { throw Refusal.notStarted }
        #expect(start.run == "r2")
        #expect(start.forkedFrom == ForkOrigin(run: "r1", sequence: end, digest: events[end - 1].digest))
        #expect(start.key == "ci")
        guard case .runForked(let point) = forked[end].payload else { throw Refusal.outdated }
        #expect(point == ForkPoint(snapshot: "snapshot-of-nothing", isolation: .copy, by: "ada"))

        let state = try await bench.services.runs.state(of: "r2")
        #expect(state.effects == [.openWorkspace])
        #expect(state.workspaceOrder?.fork == ForkedFiles("snapshot-of-nothing", directory: bench.directory))
        #expect(
            try await bench.services.runs.summary(of: "r2")?.details["forked_from"] == [
                "run": "r1", "sequence": .int(end),
            ]
        )

        let ended = try await bench.services.runs.carryOn("r2")
        #expect(ended.status == .achieved)
        #expect(try await bench.services.runs.events(of: "r1") == events)
    }

    @Test func aForkOfAForkIsOneToo() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let end = try place(of: "tool_call.finished", 0, in: try await finished(bench))
        _ = try await bench.services.runs.fork(order(at: end))
        _ = try await bench.services.runs.carryOn("r2")
        let second = try await bench.services.runs.events(of: "r2")
        let opened = try place(of: "workspace.opened", 1, in: second)
        var again = ForkOrder(of: "r2", at: opened, as: "r3", origin: "test", by: "ada")
        again.message = "Try harder."
        _ = try await bench.services.runs.fork(again)
        let state = try await bench.services.runs.carryOn("r3")
        #expect(state.status == .achieved)
        #expect(state.start?.forkedFrom?.run == "r2")
        #expect(state.messages.contains(.user("Try harder.")))
    }

    /// What was spent before counts against the limits of the fork, and is in no account twice.
    @Test func whatWasSpentIsChargedOnce() async throws {
        let bench = Bench(budget: Budget(perDay: .usd(10_000)))
        defer { bench.remove() }
        let events = try await finished(bench)
        let day = Account.day("2026-01-01")
        #expect(try await bench.store.balance(of: day) == Balance(spent: .usd(45)))
        // In the middle of a question that the other run has paid for.
        let end = try place(of: "model.requested", 1, in: events)
        _ = try await bench.services.runs.fork(order(at: end))
        #expect(try await bench.services.runs.state(of: "r2").spent.cost == .usd(15))
        #expect(try await bench.store.balance(of: day) == Balance(spent: .usd(45)))
        let state = try await bench.services.runs.carryOn("r2")
        #expect(state.status == .achieved)
        #expect(state.spent.cost == .usd(45))
        for account in [day, .key("ci")] {
            #expect(try await bench.store.balance(of: account) == Balance(spent: .usd(75)))
        }
    }

    @Test func changesAreRecordedAfterTheFork() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await finished(bench)
        let end = try place(of: "tool_call.finished", 0, in: events)
        var limits = Limits()
        limits.iterations = 3
        _ = try await bench.services.runs.fork(
            order(at: end) {
                $0.model = ModelName("notes/other")
                $0.instructions = "Be brief."
                $0.limits = limits
                $0.message = "Hello."
                $0.isolation = .worktree
            }
        )
        let types = try await bench.services.runs.events(of: "r2").map(\.payload.type).suffix(4)
        #expect(types == ["run.forked", "settings.changed", "limits.changed", "message.added"])
        let state = try await bench.services.runs.state(of: "r2")
        #expect(state.pipeline?.instructions == "Be brief.")
        #expect(state.model == ModelName("notes/other"))
        #expect(state.limits.iterations == 3)
        #expect(state.pipeline?.workspace.isolation == .worktree)
    }

    @Test func whereNobodyKnowsTheFilesItIsRefused() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await finished(bench)
        let begun = try place(of: "tool_call.started", 0, in: events)
        let words = """
            At event \(begun) of run 'r1' nobody knows the files: a call that writes had begun and not ended, or they had not \
            been looked at. The nearest that work are \(begun - 1) and \(begun + 1). Fork at one of them, or with '--nearest'.
            """
        await #expect(throws: ServiceError.invalid(words)) { _ = try await bench.services.runs.fork(order(at: begun)) }
        #expect(try await bench.services.runs.fork(order(at: begun) { $0.takesNearest = true }) == begun - 1)
        await #expect(throws: ServiceError.invalid("Run 'r1' has no event 999; its last is \(events.count).")) {
            _ = try await bench.services.runs.fork(order(at: 999))
        }
        await #expect(
            throws: ServiceError.invalid(
                "At event 1 of run 'r1' nobody knows the files: a call that writes had begun and not ended, or they had not "
                    + "been looked at. The nearest that work are 2. Fork at one of them, or with '--nearest'."
            )
        ) { _ = try await bench.services.runs.fork(order(at: 1)) }
    }

    @Test func whatCannotBeForkedIsNamed() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await finished(bench)
        let reached =
            "Run 'r1' has reached its goal at event \(events.count), so there is nothing to go on with. Fork it at an "
            + "earlier one."
        await #expect(throws: ServiceError.invalid(reached)) { _ = try await bench.services.runs.fork(order(at: nil)) }
        let inPlace =
            "A fork works in files of its own, so it takes 'worktree' or 'copy'. To set the project itself back, use "
            + "'sluice rollback'."
        await #expect(throws: ServiceError.invalid(inPlace)) {
            _ = try await bench.services.runs.fork(order(at: 2) { $0.isolation = WorkspacePolicy.Isolation.none })
        }
        _ = try await bench.services.runs.fork(order(at: 2))
        await #expect(throws: ServiceError.refused(.alreadyStarted)) {
            _ = try await bench.services.runs.fork(order(at: 2))
        }
        await #expect(throws: ServiceError.noSuchRun("r9")) {
            _ = try await bench.services.runs.fork(ForkOrder(of: "r9", origin: "test", by: "ada"))
        }
    }

    /// A question is asked anew, about what would happen in the fork, and with all the time that it had.
    @Test func openQuestionsAreAskedAnew() async throws {
        let now = Mutex(Instant.start)
        let clock = Bench.clock { now.withLock(\.self) }
        let bench = Bench(clock: clock)
        defer { bench.remove() }
        let events = try await finished(bench, human: ["gate": "before_writes", "deadline": "1h"])
        let original = try await bench.services.runs.state(of: "r1")
        #expect(original.status == .waiting)
        now.withLock { $0 = .start + .seconds(7 * 86_400) }
        _ = try await bench.services.runs.fork(order(at: events.count))
        let state = try await bench.services.runs.carryOn("r2")
        #expect(state.status == .waiting)
        let asked = try #require(state.pendingApprovals.first)
        #expect(state.pendingApprovals.count == 1)
        #expect(asked.approval.id == "a2")
        #expect(asked.approval.deadline == .start + .seconds(7 * 86_400 + 3_600))
        #expect(state.approvals["a1"]?.resolution == Resolution(.expired, by: "the fork"))
        #expect(state.elapsed(at: now.withLock(\.self)) == .zero)
        let answer = Resolution(.approved, by: "ada")
        try await bench.services.approvals.resolve("a2", of: "r2", with: answer, shown: asked.approval.shown)
        #expect(bench.read("x") == nil)
        _ = try await bench.services.runs.carryOn("r2")
        #expect(bench.read("x") == "1")
    }

    /// A run that ended without its goal goes on in its fork.
    @Test func aRunThatEndedGoesOnInItsFork() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["text": "No."]], limits: ["iterations": 1])
        var state = try await bench.services.runs.carryOn(run)
        if let question = state.pendingApprovals.first?.approval {
            try await bench.services.approvals.resolve(
                question.id,
                of: run,
                with: Resolution(.rejected, by: "ada"),
                shown: nil
            )
            state = try await bench.services.runs.state(of: run)
        }
        #expect(state.isFinished)
        _ = try await bench.services.runs.fork(order(at: nil) { $0.limits = Limits() })
        let types = try await bench.services.runs.events(of: "r2").map(\.payload.type)
        #expect(types.suffix(3) == ["run.forked", "run.reopened", "limits.changed"])
        #expect(try await bench.services.runs.carryOn("r2").iteration > 1)
    }

    /// The outputs that a fork refers to stay when the other run is removed.
    @Test func itsOutputsStay() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let long = String(repeating: "long ", count: 5_000)
        let write: JSONValue = ["tool": "write", "arguments": ["file": "x", "text": .string(long)]]
        let print: JSONValue = ["tool": "print", "arguments": ["file": "x"]]
        let run = try await bench.start([["calls": [write]], ["calls": [print]], ["calls": [RunningTests.write]]])
        _ = try await bench.services.runs.carryOn(run)
        let end = try place(of: "tool_call.finished", 1, in: try await bench.services.runs.events(of: run))
        _ = try await bench.services.runs.fork(order(at: end))
        #expect(try await bench.services.runs.remove([run]).bytes == 0)
        #expect(try await bench.services.runs.artifact(Digest(of: Array(long.utf8))) == Array(long.utf8))
        #expect(try await bench.services.runs.carryOn("r2").status == .achieved)
        #expect(try await bench.services.runs.remove(["r2"]).bytes == long.utf8.count)
    }

    /// A call whose files nobody could look at ended all the same, and the next look knows them again.
    @Test func aSnapshotThatFailsFailsNoCall() async throws {
        let bench = Bench(workspaces: PlainWorkspaces.blind)
        defer { bench.remove() }
        let events = try await finished(bench)
        let outputs = events.compactMap { event in
            if case .callFinished(_, let output) = event.payload { output } else { nil }
        }
        #expect(outputs.map(\.snapshot) == [nil, nil])
        #expect(outputs.allSatisfy { !$0.isError })
        #expect(events.last?.payload.type == "run.finished")
        let end = try place(of: "tool_call.finished", 0, in: events)
        let sentence = "The nearest that work are \(try place(of: "tool_call.started", 0, in: events) - 1)"
        let refused = await #expect(throws: ServiceError.self) {
            _ = try await bench.services.runs.fork(order(at: end))
        }
        #expect(refused?.description.contains(sentence) == true)
    }

    /// The state of a run under way: its next snapshot is in the record of each call that writes.
    @Test func aCallThatWritesLeavesASnapshot() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let events = try await finished(bench)
        let snapshots = events.compactMap { event in
            if case .callFinished(_, let output) = event.payload { output.snapshot } else { nil }
        }
        #expect(snapshots == ["snapshot-of-nothing", "snapshot-of-done"])
        let state = try await bench.services.runs.state(of: "r1")
        #expect(state.lastSnapshot == "snapshot-of-done")
        #expect(state.filesAreKnown)
        let end = try place(of: "tool_call.finished", 1, in: events)
        #expect(
            try await bench.services.runs.diff(of: "r1", from: .sequence(end - 2), to: .sequence(end))
                == "-snapshot-of-nothing\n+snapshot-of-done\n"
        )
        #expect(
            try await bench.services.runs.diff(of: "r1", from: .before("2.1"), to: .after("2.1"))
                == "-snapshot-of-nothing\n+snapshot-of-done\n"
        )
        await #expect(throws: ServiceError.invalid("Run 'r1' has no finished call '7.1'.")) {
            _ = try await bench.services.runs.diff(of: "r1", from: .before("7.1"), to: .now)
        }
    }
}

extension PlainWorkspaces {
    /// Workspaces that cannot be looked at once the model has written into them, but at a check.
    fileprivate static var blind: PlainWorkspaces {
        let looks = LookCount()
        return PlainWorkspaces { () throws(Failure) in
            // The first is the check of the start, then come the two calls.
            guard ![2, 3].contains(looks.next()) else { throw Failure(.unavailable, "The disk is full.") }
        }
    }
}

private final class LookCount: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
