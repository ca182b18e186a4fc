import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Models that race, by scripts: over the built program, with files and processes as people have them.
struct RaceTests {
    private static func pipeline(_ race: String, _ limits: String = "{ iterations: 1 }") -> String {
        """
        name: race
        race: \(race)
        goal: { gate: command, with: { command: "grep -q good a.txt" } }
        tools: [file_write, file_list]
        limits: \(limits)
        workspace: { sandbox: off }

        """
    }

    /// A model that looks so many times before it writes.
    private static func script(_ looks: Int, _ text: String, price: String = "1.00 USD") -> String {
        let usage: JSONValue = ["input": 1000, "output": 100]
        let look: JSONValue = ["calls": [["tool": "file_list", "arguments": ["path": "."]]], "usage": usage]
        let write: JSONValue = [
            "calls": [["tool": "file_write", "arguments": ["path": "a.txt", "content": .string(text)]]], "usage": usage,
        ]
        let script: JSONValue = [
            "price": ["input": .string(price), "output": .string(price)],
            "replies": .array(Array(repeating: look, count: looks) + [write, ["text": "I wrote."]]),
        ]
        return script.jsonText
    }

    private func withRace(
        _ race: String,
        _ scripts: [String: String],
        limits: String = "{ iterations: 1 }",
        _ body: (Bench) async throws -> Void
    ) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline(race, limits), to: "race.yaml")
            try bench.write("old", to: "project/a.txt")
            for (name, text) in scripts { try bench.write(text, to: "\(name).json") }
            try await body(bench)
        }
    }

    private func decisions(_ bench: Bench) async throws -> [RaceDecision] {
        try await bench.events(of: "r1").compactMap { event in
            if case .raceDecided(_, let decision) = event.payload { decision } else { nil }
        }
    }

    @Test func theFastOneIsWrongAndTheFirstThatHoldsTheGoalWins() async throws {
        let scripts = ["fast": Self.script(0, "bad"), "slow": Self.script(3, "good"), "late": Self.script(300, "good")]
        try await withRace("[scripted/fast.json, scripted/slow.json, scripted/late.json]", scripts) { bench in
            let ended = try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", "r1")
            #expect(ended.status == 0, "\(ended)")
            #expect(bench.read("project/a.txt") == "good")
            let decision = try #require(try await decisions(bench).first)
            #expect(decision.winner == "r1-1-1-2" && decision.rule == .first)
            #expect(
                decision.entrants.map(\.model) == ["scripted/fast.json", "scripted/slow.json", "scripted/late.json"]
            )
            #expect(ended.output.contains("scripted/slow.json was the first of 3 to hold the goal, in run r1-1-1-2."))
            #expect(ended.output.contains("scripted/slow.json won in run r1-1-1-2, for 0.0044 USD."), "\(ended.output)")
            #expect(ended.output.contains("scripted/late.json was stopped in run r1-1-1-3, for "))
            let late = try await bench.events(of: "r1-1-1-3").reduce(into: RunState()) { $0.apply($1) }
            #expect(late.phase == .finished(.aborted, reason: "Run r1-1-1-2 has won the race."))
            // What the others spent is spent.
            let state = try await bench.events(of: "r1").reduce(into: RunState()) { $0.apply($1) }
            #expect(state.spent.tokens >= 1_100 * 5 + late.spent.tokens)
        }
    }

    @Test func theCheapestOfThoseThatHoldItWinsAndTiesGoToTheFirstNamed() async throws {
        let scripts = [
            "dear": Self.script(0, "good", price: "9.00 USD"), "cheap": Self.script(1, "good"),
            "same": Self.script(1, "good"), "wrong": Self.script(0, "bad", price: "0.10 USD"),
        ]
        for (order, winner) in [("dear,same,cheap,wrong", "same"), ("wrong,cheap,dear,same", "cheap")] {
            let names = order.split(separator: ",").map { "scripted/\($0).json" }
            try await withRace("{ models: [\(names.joined(separator: ", "))], win: cheapest }", scripts) { bench in
                let ended = try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", "r1")
                #expect(ended.status == 0, "\(ended)")
                let words = "scripted/\(winner).json was the cheapest of 4 to hold the goal"
                #expect(ended.output.contains(words), "\(ended.output)")
            }
        }
    }

    @Test func theCheapestIsWaitedForNoLongerThanItSays() async throws {
        let scripts = ["dear": Self.script(0, "good", price: "9.00 USD"), "slow": Self.script(3_000, "good")]
        let race = "{ models: [scripted/slow.json, scripted/dear.json], win: cheapest, within: 2s }"
        try await withRace(race, scripts, limits: "{ iterations: 1, turns: 1000 }") { bench in
            let ended = try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", "r1")
            #expect(ended.status == 0, "\(ended)")
            #expect(
                ended.output.contains("scripted/dear.json was the cheapest of 2 to hold the goal"),
                "\(ended.output)"
            )
        }
    }

    @Test func whenNobodyHoldsItTheRunSaysWhatBecameOfEach() async throws {
        let scripts = ["a": Self.script(0, "bad"), "b": Self.script(1, "bad")]
        try await withRace("[scripted/a.json, scripted/b.json]", scripts) { bench in
            let ended = try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", "r1")
            #expect(ended.status == 1, "\(ended)")
            #expect(ended.output.contains("None of 2 models held the goal."))
            #expect(ended.output.contains("scripted/b.json ended not achieved in run r1-1-1-2, for 0.0022 USD."))
            #expect(bench.read("project/a.txt") == "old", "what did not hold stays where it was made")
        }
    }

    @Test func aRaceThatIsKilledAnywhereEndsWithOneWinner() async throws {
        let scripts = ["fast": Self.script(0, "bad"), "slow": Self.script(2, "good")]
        try await withRace("[scripted/fast.json, scripted/slow.json]", scripts) { bench in
            let log = "\(bench.root)/instants"
            try bench.write("", to: "instants")
            let words = ["run", "race.yaml", "--cwd", "project", "--id", "r1", "--json"]
            let ended = try await bench.start(words, adding: ["SLUICE_TEST_FAULT_LOG": log]).ended()
            try #require(ended.status == 0)
            let instants = try #require(bench.read("instants")).split(separator: "\n").count
            for number in stride(from: 1, through: instants, by: max(1, instants / 24)) {
                try await withRace("[scripted/fast.json, scripted/slow.json]", scripts) { bench in
                    _ = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "\(number)"]).ended()
                    if try await bench.sluice("show", "r1").status != 0 { _ = try await bench.start(words).ended() }
                    let state = try await finished(bench)
                    #expect(state.status == .achieved, "killed at instant \(number): \(state.phase)")
                    #expect(bench.read("project/a.txt") == "good", "killed at instant \(number)")
                    #expect(try await decisions(bench).map(\.winner) == ["r1-1-1-2"], "killed at instant \(number)")
                }
            }
        }
    }

    /// What a person does: goes on, and answers whether a call that was interrupted may be made again.
    private func finished(_ bench: Bench) async throws -> RunState {
        for _ in 0..<8 {
            let state = try await bench.events(of: "r1").reduce(into: RunState()) { $0.apply($1) }
            if state.isFinished { return state }
            for asked in state.pendingApprovals {
                _ = try await bench.sluice("approve", "r1", asked.approval.id.value, "--answer", "approve")
            }
            _ = try await bench.sluice("resume", "r1", "--json")
        }
        return try await bench.events(of: "r1").reduce(into: RunState()) { $0.apply($1) }
    }

    /// Who won and what they changed is of the run that raced; a fork has neither its entrants nor its files.
    @Test func aForkAtAnyEventOfARaceEndsAsTheRaceDid() async throws {
        let scripts = ["fast": Self.script(0, "bad"), "slow": Self.script(2, "good")]
        try await withRace("[scripted/fast.json, scripted/slow.json]", scripts) { bench in
            #expect(try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", "r1").status == 0)
            let events = try await bench.events(of: "r1")
            let check = try #require(events.last { $0.payload.type == "check.started" })
            var forked: [String] = []
            for event in events.prefix(check.sequence) {
                let fork = "f\(event.sequence)"
                let ended = try await bench.sluice("fork", "r1", "--at", "\(event.sequence)", "--id", fork)
                if ended.errors.contains("nobody knows the files") { continue }
                #expect(ended.status == 0, "at \(event.payload.type): \(ended)")
                let diff = try await bench.sluice("diff", fork).output
                #expect(diff.contains("+good"), "at \(event.payload.type): \(diff)")
                forked.append(event.payload.type)
            }
            #expect(Set(forked).isSuperset(of: ["step.started", "race.decided"]), "\(forked)")
        }
    }

    @Test func whatCannotBeARaceIsToldWhereItStands() async throws {
        try await withBench { bench in
            for (text, sentence) in [
                ("race: [openai/a]\ngoal: pytest", "2:7: error: A race has from 2 to 16 models, but this one has 1."),
                ("race: [openai/a, openai/b]", "2:1: error: A race needs a 'goal': who holds it wins."),
                (
                    "race: { models: [openai/a, openai/b], within: 5m }\ngoal: pytest",
                    "2:39: error: 'within' has a meaning with 'win: cheapest' alone."
                ),
                (
                    "race: [openai/a, opnai/b]\ngoal: pytest",
                    "2:18: error: Unknown provider 'opnai'. Did you mean 'openai'?"
                ),
            ] {
                try bench.write("name: a\n\(text)\n", to: "a.yaml")
                let ended = try await bench.sluice("lint", "a.yaml")
                #expect((ended.output + ended.errors).contains("a.yaml:\(sentence)"), "\(ended)")
            }
        }
    }
}
