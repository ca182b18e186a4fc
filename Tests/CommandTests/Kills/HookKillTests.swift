import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A process that dies between a hook's answer and its record asks the hook again, and runs no call twice.
struct HookKillTests {
    private static let asked = "home/asked.log"

    /// The stage of the rehearsal, with a hook before each call.
    private func reset(_ rehearsal: Rehearsal) throws {
        try rehearsal.reset()
        let bench = rehearsal.bench
        try bench.write("echo asked >> \"$HOME/asked.log\"\n", to: "hook.sh")
        let pipeline = try #require(bench.read("pipeline.yaml"))
        let hooks = "hooks: { before_call: [{ run: [/bin/sh, \"\(bench.root)/hook.sh\"] }] }\n"
        try bench.write(pipeline + hooks, to: "pipeline.yaml")
    }

    private func count(_ bench: Bench) -> Int { bench.read(Self.asked)?.split(separator: "\n").count ?? 0 }

    @Test func aHookThatAnsweredWithoutARecordIsAskedAgain() async throws {
        try await withRehearsal { rehearsal, bench in
            try reset(rehearsal)
            let log = "\(bench.root)/instants"
            #expect(try await rehearsal.play(.run, adding: ["SLUICE_TEST_FAULT_LOG": log]).status == 2)
            let instants = try #require(bench.read(log)).split(separator: "\n")
            let (usual, tree) = (count(bench), try bench.tree())
            let places = instants.indices.filter { instants[$0] == "hooks.asked" }
            #expect(places.count == usual && usual > 3)
            for place in places {
                try reset(rehearsal)
                let killed = try await rehearsal.play(.run, adding: ["SLUICE_TEST_FAULT": "\(place + 1)"])
                #expect(killed.status == Ended.killed)
                #expect(
                    try await bench.events().contains { if case .modelReplied = $0.payload { true } else { false } }
                )
                #expect(try await rehearsal.play(.resume).status == 2)
                #expect(count(bench) == usual + 1)
                #expect(rehearsal.calls == ["first"])
                #expect(try bench.tree() == tree)
                #expect(try await bench.sluice("verify").status == 0)
            }
        }
    }
}
