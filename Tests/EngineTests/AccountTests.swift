import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// What several runs spend together, and the limits of that.
struct AccountTests {
    private static let today = Account.day("2026-01-01")
    /// A reply of 5 tokens after 10 costs 15 USD at a million dollars a million tokens.
    private static let dear: [String: JSONValue] = ["price": "1000000 USD"]

    private func finish(_ bench: Bench, _ run: RunID = "r1") async throws -> RunState {
        try await bench.services.runs.carryOn(run)
    }

    @Test func whatARunSpendsIsInTheAccountOfTheDay() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start(
            [["calls": [RunningTests.write]], ["text": "Done."]],
            notes: Self.dear,
            key: "ci"
        )
        let state = try await finish(bench, run)
        #expect(state.spent.cost == .usd(30))
        for account in [Self.today, .key("ci"), .keyOfDay("ci", day: "2026-01-01")] {
            #expect(try await bench.store.balance(of: account) == Balance(spent: .usd(30)))
        }
    }

    @Test func aDayThatIsSpentParksTheRunUntilTheNextOne() async throws {
        let bench = Bench(budget: Budget(perDay: .usd(1)))
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]], notes: Self.dear)
        let parked = try await finish(bench, run)
        let question = try #require(parked.pendingApprovals.first?.approval)
        let words = question.question.prefix { $0 != "," }
        #expect(words == "All runs of 2026-01-01 have used 0.00 USD of 1.00 USD")
        #expect(question.question.hasSuffix("Unanswered, the run does so when the day is over, in UTC."))
        #expect(question.subject == .limit(.day))
        #expect(question.deadline == Instant.start + .seconds(86_400))
        #expect(question.onDeadline == .approve)
        #expect(try await bench.store.balance(of: Self.today) == Balance())
    }

    @Test func theRunGoesOnWhenTheDayIsOver() async throws {
        let now = Mutex(Instant.start)
        let clock = Bench.clock { now.withLock(\.self) }
        let store = MemoryStore()
        try await store.append(
            Batch(
                run: "other",
                events: StoreSamples.batch(1...1, of: "other").events,
                summary: StoreSamples.summary(of: "other", at: 1),
                charges: [Charge(Self.today, Balance(spent: .usd(70)))]
            )
        )
        let bench = Bench(store: store, clock: clock, budget: Budget(perDay: .usd(100)))
        defer { bench.remove() }
        let replies: JSONValue = [["calls": [RunningTests.write], "input": 3]]
        let run = try await bench.start(replies, limits: ["reply": "2k"], notes: ["price": "10000 USD"])
        #expect(try await finish(bench, run).status == .waiting)
        now.withLock { $0 = $0 + .seconds(86_400) }
        #expect(try await finish(bench, run).status == .achieved)
        #expect(await store.balance(of: Self.today) == Balance(spent: .usd(70)))
        #expect(await store.balance(of: .day("2026-01-02")).spent > .zero)
    }

    @Test func aReplyIsCutDownToWhatTheDayHasLeft() async throws {
        let bench = Bench(budget: Budget(perDay: .usd(50)))
        defer { bench.remove() }
        let replies: JSONValue = [["calls": [RunningTests.write]], ["text": "Done."]]
        let run = try await bench.start(replies, notes: ["price": "10000 USD"])
        #expect(try await finish(bench, run).status == .achieved)
        let reserved = try await bench.services.runs.events(of: run).compactMap { event in
            if case .modelRequested(let intent) = event.payload { intent.reserved.cost } else { nil }
        }
        #expect(reserved == [.usd(50), .usd(49.85)])
    }

    @Test func aKeyHasALimitInAll() async throws {
        let budget = Budget { _ throws(ServiceError) in KeyBudget(inAll: .usd(2)) }
        let bench = Bench(budget: budget)
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]], notes: Self.dear, key: "ci")
        let question = try #require(try await finish(bench, run).pendingApprovals.first?.approval)
        #expect(question.subject == .limit(.key))
        #expect(question.deadline == nil)
        #expect(question.question.hasPrefix("The runs of the key 'ci' have used 0.00 USD of 2.00 USD,"))
        #expect(question.question.hasSuffix("Look again? The limit is raised with 'sluice key limit'."))
        let other = try await bench.start([["calls": [RunningTests.write]]], notes: Self.dear, run: "r2")
        #expect(try await finish(bench, other).status == .achieved)
    }

    @Test func nobodyRaisesASharedLimitByAnswering() async throws {
        let bench = Bench(budget: Budget(perDay: .usd(1)))
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]], notes: Self.dear)
        let before = try await finish(bench, run)
        let yes = Resolution(.approved, by: "ada")
        try await bench.services.approvals.resolve("a1", of: run, with: yes, shown: nil)
        let again = try await finish(bench, run)
        #expect(again.limits == before.limits)
        #expect(again.pendingApprovals.map(\.approval.id) == ["a2"])
        try await bench.services.approvals.resolve("a2", of: run, with: Resolution(.rejected, by: "ada"), shown: nil)
        #expect(try await finish(bench, run).status == .notAchieved)
    }

    @Test func aRunWaitsForCallsThatMayLeaveRoom() async throws {
        let store = MemoryStore()
        let sleeps = Mutex(0)
        let other = StoreSamples.batch(1...1, of: "other")
        let reserved = Balance(reserved: .usd(90))
        try await store.append(
            Batch(run: "other", events: other.events, summary: other.summary, charges: [Charge(Self.today, reserved)])
        )
        // The other call ends while this run looks for the third time.
        let sleep: @Sendable (Instant) async -> Void = { moment in
            guard moment == .start + .seconds(5) else { return await Bench.clock.sleep(moment) }
            let count = sleeps.withLock { count in
                count += 1
                return count
            }
            guard count == 3 else { return }
            let settled = Charge(Self.today, Balance(spent: .usd(1), reserved: .zero - .usd(90)))
            var batch = StoreSamples.batch(2...2, of: "other")
            batch.charges = [settled]
            try? await store.append(batch)
        }
        let clock = EngineClock(now: { .start }, sleep: sleep)
        let bench = Bench(store: store, clock: clock, budget: Budget(perDay: .usd(100)))
        defer { bench.remove() }
        let run = try await bench.start(
            [["calls": [RunningTests.write]]],
            limits: ["reply": "2k"],
            notes: ["price": "10000 USD"]
        )
        #expect(try await finish(bench, run).status == .achieved)
        #expect(sleeps.withLock(\.self) == 3)
    }

    @Test func aPriceThatNobodyKnowsKeepsARunFromStarting() async throws {
        let bench = Bench(budget: Budget(perDay: .usd(1)))
        defer { bench.remove() }
        let words = """
            The price of 'notes/x' is not known, so the limit of 1.00 USD that its runs share cannot be kept. Write the \
            model into prices.yaml, or set 'limits.allow_unknown_price: true'.
            """
        await #expect(throws: ServiceError.invalid(words)) { _ = try await bench.start([]) }
        let run = try await bench.start([["calls": [RunningTests.write]]], limits: ["allow_unknown_price": true])
        #expect(try await finish(bench, run).status == .achieved)
    }

    @Test func aModelWithoutAPriceThatIsSetLaterEndsTheRun() async throws {
        let store = MemoryStore()
        let bench = Bench(store: store)
        let limited = Bench(bench.directory, store: store, budget: Budget(perDay: .usd(1)))
        defer { bench.remove() }
        let run = try await bench.start([])
        let state = try await finish(limited, run)
        guard case .finished(.failed, let reason) = state.phase else { throw Refusal.outdated }
        #expect(reason.hasPrefix("The price of 'notes/x' is not known"))
    }

    @Test func whatHasHappenedIsRecordedAlthoughALimitCannotBeRead() async throws {
        let asked = Mutex(0)
        let budget = Budget { _ throws(ServiceError) in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            guard count > 1 else { return nil }  // for the first turn
            throw .store(.unavailable("The disk is full."))
        }
        let bench = Bench(budget: budget)
        defer { bench.remove() }
        let run = try await bench.start(
            [["calls": [RunningTests.write]]],
            notes: ["price": "1 USD"],
            key: "ci"
        )
        asked.withLock { $0 = 0 }  // to start a run looks, too
        await #expect(throws: ServiceError.store(.unavailable("The disk is full."))) {
            _ = try await bench.services.runs.carryOn(run)
        }
        #expect(try await bench.types().last == "tool_call.finished")
    }

    @Test func aCancelledRunMayHavePaidForTheAnswerItDidNotWaitFor() throws {
        let reserved = Spending(tokens: 10, cost: .usd(0.5))
        let intent = ModelIntent(turn: 1, attempt: 1, model: "m", reserved: reserved, request: Chain.start)
        let asking = RunState.given(
            [.started(["name": "p", "goal": "command"]), .opened]
                + Event.Payload.checked(0, CheckResult(.failed, "No.")) + [
                    .iterationStarted(1), .modelRequested(intent),
                ]
        )
        let events = try asking.when(.cancel(by: "ada", reason: ""))
        let failure = Failure(.cancelled, "The run was cancelled before the answer came.", mayHaveCost: true)
        #expect(
            events == [
                .modelFailed(turn: 1, attempt: 1, failure, retryAt: nil),
                .runFinished(.aborted, reason: "Cancelled by ada."),
            ]
        )
        #expect(asking.after(events).spent == reserved)
    }

    @Test(arguments: 1...20)
    func manyRunsTogetherNeverPassALimit(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let cap = Money.usd(Double(Int.random(in: 50...400, using: &dice)))
        let bench = Bench(budget: Budget(perDay: cap))
        defer { bench.remove() }
        let own = Money.usd(Double(dice.roll(20...120)))
        for number in 1...12 {
            let replies = (0..<4).map { _ -> JSONValue in
                let used = (Int.random(in: 0...400, using: &dice), Int.random(in: 0...3_000, using: &dice))
                return ["calls": [["tool": "look"]], "input": .int(used.0), "output": .int(used.1)]
            }
            _ = try await bench.start(
                .array(replies),
                limits: ["reply": "3k", "iterations": 1, "cost": own.json],
                notes: ["price": .string("\(dice.roll(1...20) * 1_000) USD")],
                run: RunID("r\(number)")
            )
        }
        let spent = await withTaskGroup(of: Money.self) { group in
            for number in 1...12 {
                group.addTask {
                    let spent = (try? await bench.services.runs.carryOn(RunID("r\(number)")))?.spent.cost ?? .zero
                    #expect(spent <= own)
                    return spent
                }
            }
            return await group.reduce(.zero, +)
        }
        let balance = try await bench.store.balance(of: Self.today)
        #expect(balance == Balance(spent: spent))
        #expect(spent <= cap)
    }
}
