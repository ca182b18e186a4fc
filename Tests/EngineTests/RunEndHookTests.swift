import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Hooks are told once how a run ended, whoever ended it.
struct RunEndHookTests {
    /// A run that asks a person before it writes, with a hook that keeps what it is told and fails.
    private struct Scene {
        let here: Bench
        let elsewhere: Bench
        let folder = Bench.temporary()
        let run: RunID

        init(_ replies: JSONValue = [["calls": [RunningTests.write]]], human: JSONValue = [:]) async throws {
            here = Bench()
            elsewhere = Bench(here.directory, store: here.store, owner: ProcessName("host:boot:2:2"))
            try Data("cat >> \"$0.in\"; echo >> \"$0.in\"; exit 1\n".utf8).write(to: URL(filePath: "\(folder)/hook.sh"))
            run = try await here.start(
                replies,
                tools: ["allow": ["look"], "ask": ["write"]],
                human: human,
                hooks: ["run_end": [["run": ["/bin/bash", .string("\(folder)/hook.sh")]]]]
            )
        }

        /// What the hook was told, each time.
        func told() throws -> [JSONValue] {
            let text = try? String(contentsOfFile: "\(folder)/hook.sh.in", encoding: .utf8)
            return try (text ?? "").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }

        func remove() {
            here.remove()
            try? FileManager.default.removeItem(atPath: folder)
        }

        var failure: Event.Payload {
            let name = "/bin/bash \(folder)/hook.sh"
            return .hookFailed(HookFailure(hook: name, moment: "run_end", reason: "The hook failed. It ended with 1."))
        }
    }

    /// A hook that fails then is recorded, and the run is over all the same.
    @Test func whoeverCancelsARunThatNobodyWorksOnTellsOfIt() async throws {
        let scene = try await Scene()
        defer { scene.remove() }
        #expect(try await scene.here.services.runs.carryOn(scene.run).status == .waiting)
        #expect(try scene.told().isEmpty)
        try await scene.elsewhere.services.runs.cancel(scene.run, by: "ada", reason: "Enough.")
        let told = try scene.told()
        #expect(told.map { $0["reason"] } == ["aborted"])
        #expect(told.first?["words"] == "Enough.")
        let state = try await scene.here.services.runs.state(of: scene.run)
        #expect(state.phase == .finished(.aborted, reason: "Enough."))
        let events = try await scene.here.services.runs.events(of: scene.run).map(\.payload)
        #expect(events.suffix(2) == [.runFinished(.aborted, reason: "Enough."), scene.failure])
        // Nobody tells of it again.
        _ = try await scene.here.services.runs.carryOn(scene.run)
        await #expect(throws: ServiceError.refused(.alreadyFinished(.aborted))) {
            try await scene.elsewhere.services.runs.cancel(scene.run, by: "ada")
        }
        #expect(try scene.told() == told)
    }

    @Test func whoeverGivesTheAnswerThatEndsARunTellsOfIt() async throws {
        let scene = try await Scene([["text": "I stop."]], human: ["gate": "after_failed_check"])
        defer { scene.remove() }
        let state = try await scene.here.services.runs.carryOn(scene.run)
        let question = try #require(state.pendingApprovals.first?.approval)
        #expect(question.question.hasPrefix("The goal does not hold yet. Go on?"))
        let answer = Resolution(.rejected, by: "ada")
        let approvals = scene.elsewhere.services.approvals
        try await approvals.resolve(question.id, of: scene.run, with: answer, shown: question.shown)
        #expect(try scene.told().map { $0["words"] } == ["Aborted by ada."])
        #expect(try await scene.here.services.runs.carryOn(scene.run).status == .aborted)
        #expect(try scene.told().count == 1)
    }

    @Test func anAnswerWithWhichARunGoesOnTellsNobody() async throws {
        let scene = try await Scene()
        defer { scene.remove() }
        let state = try await scene.here.services.runs.carryOn(scene.run)
        let question = try #require(state.pendingApprovals.first?.approval)
        let answer = Resolution(.approved, by: "ada")
        let approvals = scene.elsewhere.services.approvals
        try await approvals.resolve(question.id, of: scene.run, with: answer, shown: question.shown)
        #expect(try scene.told().isEmpty)
        #expect(try await scene.here.services.runs.carryOn(scene.run).status == .achieved)
        #expect(try scene.told().map { $0["reason"] } == ["achieved"])
    }

    /// The one that works on it does: here within one process, which is told of the end as soon as it is recorded.
    @Test func whoeverCancelsARunThatIsUnderWayLeavesItToWhoeverWorksOnIt() async throws {
        let scene = try await Scene()
        defer { scene.remove() }
        let run = try await scene.here.start(
            [["calls": [["tool": "hang"]]]],
            hooks: ["run_end": [["run": ["/bin/bash", .string("\(scene.folder)/hook.sh")]]]],
            run: "r2"
        )
        let services = scene.here.services
        services.feed.observe { item in
            guard case .piece(_, .call) = item else { return }
            Task { try await services.runs.cancel(run, by: "ada") }
        }
        #expect(try await services.runs.carryOn(run).status == .aborted)
        #expect(try scene.told().map { $0["words"] } == ["Cancelled by ada."])
    }

    /// Another process holds the run: it will hear of the end, and tell of it.
    @Test func whoeverCancelsARunThatAnotherProcessHoldsLeavesItToThatOne() async throws {
        let scene = try await Scene()
        defer { scene.remove() }
        _ = try await scene.here.services.runs.carryOn(scene.run)
        let now = Bench.clock.now()
        _ = try await scene.here.store.claim(
            scene.run,
            for: "other:boot:3:3",
            until: now + .seconds(60),
            now: now,
            overriding: nil
        )
        try await scene.elsewhere.services.runs.cancel(scene.run, by: "ada")
        #expect(try await scene.here.services.runs.state(of: scene.run).status == .aborted)
        #expect(try scene.told().isEmpty)
    }
}
