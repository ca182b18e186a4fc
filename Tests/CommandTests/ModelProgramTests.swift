import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// A run whose model is a program of this machine.
struct ModelProgramTests {
    private static func pipeline(_ program: String) -> String {
        """
        name: asks
        model: command/local
        goal: { gate: command, with: { command: "test -f done" } }
        tools: [file_write]
        limits: { turns: 1 }
        providers:
          command: { run: [\(program), "-c", "cat > request; cat reply"], directory: ROOT }

        """
    }

    @Test func aRunIsCarriedOutByAProgram() async throws {
        try await withBench { bench in
            let reply = """
                {"text": "I write.", "calls": [{"tool": "file_write", "arguments": {"path": "done", "content": ""}}]}
                {"usage": {"input": 12, "output": 3}, "stop": "finished"}
                """
            try bench.write(reply, to: "reply")
            try bench.write(Self.pipeline("sh").replacing("ROOT", with: bench.root), to: "asks.yaml")
            let words = ["run", "asks.yaml", "--cwd", "project"]
            let ended = try await bench.start(words).ended()
            #expect(ended.status == 0, "\(ended)")
            let usages = try await bench.events().compactMap { event in
                if case .modelReplied(let reply) = event.payload { reply.usage } else { nil }
            }
            #expect(usages == [Usage(input: 12, output: 3)])
            let request = try JSONValue(parsing: try #require(bench.read("\(bench.root)/request")))
            #expect(request["protocol"] == 1 && request["model"] == "local")
            #expect(request["tools"]?.elements.map { $0["name"] } == ["file_write"])
        }
    }

    @Test func anImageThatWasReadIsOneLineOfTheTranscript() async throws {
        try await withBench { bench in
            let reply = """
                {"calls": [{"tool": "file_read", "arguments": {"path": "a.png"}}], "stop": "finished"}
                """
            try bench.write(reply, to: "reply")
            let pipeline = Self.pipeline("sh").replacing("ROOT", with: bench.root)
                .replacing("file_write", with: "file_read").replacing("turns: 1", with: "turns: 1, iterations: 1")
            try bench.write(pipeline, to: "asks.yaml")
            try Data(SampleImages.png()).write(to: URL(filePath: "\(bench.project)/a.png"))
            _ = try await bench.start(["run", "asks.yaml", "--cwd", "project", "--id", "r1"]).ended()
            let shown = try await bench.sluice("show", "r1").output.split(separator: "\n").map { $0.trimmed }
            let place = try #require(shown.firstIndex { $0.hasPrefix("✓ file_read") })
            #expect(shown[place] == "✓ file_read 'a.png' is an image. (2 lines)")
            #expect(shown[place + 1] == "[image/png, 64 bytes]")
        }
    }

    @Test func aProgramThatIsMissingKeepsTheRunFromStarting() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline("/opt/none").replacing("ROOT", with: "/"), to: "asks.yaml")
            let message = "The program '/opt/none' does not exist."
            let ended = try await bench.start(["run", "asks.yaml", "--cwd", "project"]).ended()
            #expect(ended.errors == message + "\n")
            #expect(ended.status == 64)
            let linted = try await bench.sluice("lint", "asks.yaml")
            #expect(linted.errors == "asks.yaml: warning: \(message)\n")
            #expect(linted.status == 0)
        }
    }
}
