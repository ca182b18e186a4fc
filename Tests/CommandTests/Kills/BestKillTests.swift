import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The process is killed at each instant from the last check on, and the next one ends the run with the best files.
struct BestKillTests {
    private static let pipeline = """
        name: climb
        model: scripted/script.json
        goal: { best: { gate: ml-optimize, with: { command: "cat score.json", metric: s, target: 100, better: higher } } }
        tools: { allow: [file_write] }
        workspace: { isolation: copy, sandbox: "off" }
        limits: { iterations: 2 }

        """

    private static let script: JSONValue = {
        let replies = [80, 50].flatMap { score -> [JSONValue] in
            let arguments: JSONValue = ["path": "score.json", "content": .string("{\"s\": \(score)}")]
            return [["calls": [["tool": "file_write", "arguments": arguments]]], ["text": "Done."]]
        }
        return ["replies": .array(replies)]
    }()

    private func withClimb(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "climb.yaml")
            try bench.write(Self.script.jsonText, to: "script.json")
            try bench.write("{\"s\": 10}", to: "project/score.json")
            try await body(bench)
        }
    }

    private func run(_ bench: Bench, adding more: [String: String] = [:]) async throws -> Ended {
        try await bench.sluice("run", "climb.yaml", "--cwd", "project", "--id", "r1", adding: more)
    }

    private func instants() async throws -> [String] {
        var names: [String] = []
        try await withClimb { bench in
            let ended = try await run(bench, adding: ["SLUICE_TEST_FAULT_LOG": "\(bench.root)/instants"])
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.output.contains("The best score is 0.8, after iteration 1; it was 0.1 at the start."))
            names = try #require(bench.read("instants")).split(separator: "\n").map(String.init)
        }
        return names
    }

    @Test func aKilledRunKeepsTheBestAllTheSame() async throws {
        let instants = try await instants()
        let last = try #require(instants.lastIndex(of: "check.judged"))
        #expect(instants[last...].contains("best.restored"))
        for instant in instants.indices[last...] {
            let when: Comment = "killed at \(instants[instant]), \(instant + 1)"
            try await withClimb { bench in
                let killed = try await run(bench, adding: ["SLUICE_TEST_FAULT": "\(instant + 1)"])
                #expect(killed.status == Ended.killed, when)
                // Killed after the last event was recorded there is nothing left to take up.
                _ = try await bench.sluice("resume", "r1")
                let state = RunState(replaying: try await bench.events())
                #expect(state.status == .achieved, when)
                let path = try #require(state.workspace?.path)
                let score = try String(contentsOfFile: "\(path)/score.json", encoding: .utf8)
                #expect(score == "{\"s\": 80}", when)
                let verified = try await bench.sluice("verify")
                #expect(verified.status == 0, when)
            }
        }
    }
}
