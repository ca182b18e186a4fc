import Foundation
import Testing

/// A person's way through the console, in a real browser: Debian's Chromium, steered by the tests in `Tests/Console`.
@Suite struct BrowserTests {
    @Test(.timeLimit(.minutes(10)))
    func aPersonFindsTheirWayThroughTheConsole() async throws {
        try await withBench { bench in
            let project = "\(bench.root)/calc"
            try FileManager.default.copyItem(atPath: "\(Bench.package)/Pipelines/examples/calc", toPath: project)
            let script = try #require(bench.read("\(Bench.package)/Pipelines/examples/calc.script.json"))
            try bench.write(script, to: "script.json")
            let file = #"{"tool": "file_write", "arguments": {"path": "tasks.txt", "content": "add\nmean\n"}}"#
            let tasks = #"{"tool": "set_outputs", "arguments": {"tasks": ["add", "mean"]}}"#
            let plan = #"{"replies": [{"calls": [\#(file), \#(tasks)]}, {"text": "Two tasks."}]}"#
            try bench.write(plan, to: "steps/plan.json")
            try bench.write(#"{"replies": [{"text": "Looked at it."}]}"#, to: "steps/look.json")
            for words in [["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]] {
                let git = ["/usr/bin/git", "-c", "user.name=ada", "-c", "user.email=ada@example.org"] + words
                try await bench.run(git, in: project)
            }
            let served = try await Served(bench)
            let browser = try Running(
                [
                    "\(Bench.package)/.venv/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                    "Tests/Console",
                ],
                bench.environment.merging([
                    "SLUICE_CONSOLE_URL": "http://127.0.0.1:\(served.client.port)",
                    "SLUICE_CONSOLE_PROJECT": project, "SLUICE_CONSOLE_MODEL": "scripted/\(bench.root)/script.json",
                    "SLUICE_CONSOLE_STEPS": "\(bench.root)/steps",
                    // Looked at by people; kept until the next run.
                    "SLUICE_CONSOLE_SHOTS": "\(Bench.package)/.build/console",
                ]) { $1 },
                in: Bench.package,
                errors: "\(bench.root)/browser.stderr"
            )
            let ended = await browser.ended()
            #expect(ended.status == 0, "\(ended.output)\n\(ended.errors)")
            await served.stop()
        }
    }
}
