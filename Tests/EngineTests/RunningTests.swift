import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Runs that really run, over a store in memory.
struct RunningTests {
    static let write: JSONValue = ["tool": "write", "arguments": ["file": "out", "text": "done"]]

    @Test func aRunGoesFromRedToGreen() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([
            ["text": "I look.", "calls": [["tool": "look"]]], ["calls": [Self.write]], ["text": "Done."],
        ])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(bench.read("out") == "done")
        let types = [
            "run.started", "workspace.opened", "check.started", "check.finished", "iteration.started",
            "model.requested",
            "model.replied", "tool_call.proposed", "tool_call.finished", "model.requested", "model.replied",
            "tool_call.proposed", "tool_call.started", "tool_call.finished", "model.requested", "model.replied",
            "check.started", "check.finished", "run.finished",
        ]
        #expect(try await bench.types() == types)
        #expect(bench.seen.all == types)
    }

    @Test func aToolMaySeeWhatTheGoalSays() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [["tool": "look"]]]])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.calls["1.1"]?.stage == .done(RecordedOutput(text: "It is ''.")))
    }

    @Test func theModelIsToldOfToolsThatAreNotThere() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [["tool": "wriet"]]], ["calls": [Self.write]]])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        let text = "There is no tool 'wriet'. Did you mean 'write'?"
        let told = state.messages.compactMap { if case .tool(_, "wriet", let text, true, _) = $0 { text } else { nil } }
        #expect(told == [text])
    }

    @Test func wrongArgumentsGoBackToTheModel() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let wrong: JSONValue = ["tool": "write", "arguments": ["fiel": "out", "text": 5]]
        let run = try await bench.start([["calls": [wrong]]])
        let state = try await bench.services.runs.carryOn(run)
        guard case .done(let output) = state.calls["1.1"]?.stage else { throw Refusal.outdated }
        let words = [
            "The arguments of 'write' are wrong.", "Unknown field 'fiel'. Did you mean 'file'?",
            "Field 'text' must be text, but is 5.",
        ]
        #expect(output.isError)
        for sentence in words { #expect(output.text.contains(sentence), "\(output.text)") }
    }

    @Test func aQuestionParksTheRunAndTheAnswerLetsItGoOn() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [Self.write]]], tools: ["allow": ["look"], "ask": ["write"]])
        #expect(try await bench.services.runs.carryOn(run).status == .waiting)
        #expect(bench.read("out") == nil)
        let pending = try await bench.services.approvals.pending(of: run)
        #expect(pending.map(\.question) == [#"Let the model call write? {"file":"out","text":"done"}"#])
        #expect(try await bench.services.approvals.waiting().map(\.run) == [run])
        let answer = Resolution(.approved, by: "ada")
        try await bench.services.approvals.resolve("a1", of: run, with: answer, shown: pending[0].shown)
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        #expect(bench.read("out") == "done")
    }

    @Test func twoAnswersAtOnceAreOneAnswer() async throws {
        let store = MemoryStore()
        let here = Bench(store: store)
        let there = Bench(here.directory, store: store, owner: ProcessName("host:boot:2:2"))
        defer { here.remove() }
        let run = try await here.start([["calls": [Self.write]]], tools: ["ask": ["write"], "allow": ["look"]])
        _ = try await here.services.runs.carryOn(run)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for services in [here.services, there.services] {
                group.addTask {
                    do throws(ServiceError) {
                        let answer = Resolution(.approved, by: "ada")
                        try await services.approvals.resolve("a1", of: run, with: answer, shown: nil)
                        return true
                    } catch {
                        #expect(error == .refused(.alreadyResolved("a1", Resolution(.approved, by: "ada"))))
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
    }

    @Test func aRunThatAnotherProcessWorksOnIsLeftAlone() async throws {
        let store = MemoryStore()
        let here = Bench(store: store)
        let there = Bench(here.directory, store: store, owner: ProcessName("elsewhere:boot:2:2"))
        defer { here.remove() }
        let run = try await here.start([["text": "Done."]])
        _ = await store.claim(
            run,
            for: "elsewhere:boot:2:2",
            until: .start + .seconds(30),
            now: .start,
            overriding: nil
        )
        await #expect(throws: ServiceError.self) { try await here.services.runs.carryOn(run) }
        do throws(ServiceError) {
            _ = try await here.services.runs.carryOn(run)
        } catch {
            #expect("\(error)" == "Run 'r1' is being worked on by process 2 on elsewhere.")
        }
        #expect(try await there.services.runs.carryOn(run).status == .notAchieved)
    }

    @Test func aServiceThatIsDownIsAskedAgain() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["failures": 2, "calls": [Self.write]]])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        #expect(try await bench.types().count { $0 == "model.failed" } == 2)
    }

    @Test func aServiceThatStaysDownEndsTheRun() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["failures": 99]])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.phase == .finished(.failed, reason: "The service is down."))
    }

    @Test func cancellingStopsWhatIsUnderWay() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["calls": [["tool": "hang"]]]])
        let services = bench.services
        services.feed.observe { item in
            guard case .piece(_, .call) = item else { return }
            Task { try await services.runs.cancel(run, by: "ada") }
        }
        let state = try await services.runs.carryOn(run)
        #expect(state.phase == .finished(.aborted, reason: "Cancelled by ada."))
    }

    @Test func aRunWithoutAModelDoesNotStart() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let pipeline = try Pipeline(json: ["name": "p", "goal": "content"])
        let order = RunOrder(run: "r1", pipeline: pipeline, project: bench.directory, origin: "test")
        let words = "The pipeline names no model. Add 'model: provider/name' to it, or give --model."
        await #expect(throws: ServiceError.invalid(words)) { try await bench.services.runs.start(order) }
        #expect(try await bench.store.summaries(RunQuery()).isEmpty)
    }

    @Test func aNameIsTakenOnce() async throws {
        let bench = Bench()
        defer { bench.remove() }
        _ = try await bench.start([])
        await #expect(throws: ServiceError.refused(.alreadyStarted)) { try await bench.start([]) }
    }

    @Test func aRunIsFoundByTheBeginningOfItsName() async throws {
        let bench = Bench()
        defer { bench.remove() }
        _ = try await bench.start([])
        #expect(try await bench.services.runs.find("r") == "r1")
        await #expect(throws: ServiceError.noSuchRun("x")) { try await bench.services.runs.find("x") }
    }
}
