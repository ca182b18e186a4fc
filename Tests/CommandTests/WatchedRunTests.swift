import Foundation
import Glibc
import Testing

/// `sluice run --watch`: a run for each change that a person makes, and none for what the run itself has changed.
struct WatchedRunTests {
    private func start(_ bench: Bench, _ more: String...) throws -> Running {
        let script = #"""
            {"replies": [{"calls": [{"tool": "file_write", "arguments": {"path": "word.txt", "content": "right\n"}}]},
            {"text": "Written."}]}
            """#
        try bench.write(script, to: "script.json")
        let goal = ["run", "command", "--set", "command=grep -q right word.txt"]
        return try bench.start(
            goal + ["--model", "scripted/\(bench.root)/script.json", "--watch"] + more,
            in: bench.project
        )
    }

    @Test func aChangeStartsTheNextRun() async throws {
        try await withBench { bench in
            try bench.write("right\n", to: "project/word.txt")
            let process = try start(bench)
            #expect(await process.wait(for: "Watching \(bench.project): ") != nil)
            try bench.write("wrong\n", to: "project/word.txt")
            #expect(await process.wait(for: "Changed: word.txt.") != nil)
            #expect(await process.wait(for: "achieved  1 iteration") != nil)
            #expect(await process.wait(for: "Watching ") != nil)
            #expect(bench.read("project/word.txt") == "right\n", "the model has mended it, which starts no run")
            try bench.write("all right\n", to: "project/sub/notes.txt")
            #expect(await process.wait(for: "Changed: sub/notes.txt.") != nil)
            #expect(await process.wait(for: "Watching ") != nil)
            process.send(SIGINT)
            let ended = await process.ended()
            #expect(ended.status == 0 && ended.errors == "")
            let runs = try await bench.sluice("runs", "--json").lines
            #expect(runs.count == 3, "one at the start, and one for each change")
        }
    }

    @Test func aFileThatIsWrongMeanwhileIsToldAndTheNextChangeMendsIt() async throws {
        try await withBench { bench in
            let mine = "name: mine\ngoal: { gate: command, with: { command: grep -q right word.txt } }\n"
            try bench.write(mine, to: "project/sluice.yaml")
            try bench.write("right\n", to: "project/word.txt")
            try bench.write("{\"replies\": []}", to: "script.json")
            let words = ["run", "--model", "scripted/\(bench.root)/script.json", "--watch"]
            let process = try bench.start(words, in: bench.project)
            #expect(await process.wait(for: "Watching ") != nil)
            try bench.write("nam: mine\n", to: "project/sluice.yaml")
            #expect(await process.wait(for: "Changed: sluice.yaml.") != nil)
            #expect(await process.wait(for: "Watching ") != nil)
            try bench.write(mine, to: "project/sluice.yaml")
            #expect(await process.wait(for: "achieved ") != nil)
            #expect(await process.wait(for: "Watching ") != nil)
            process.send(SIGINT)
            let ended = await process.ended()
            #expect(ended.errors.hasPrefix("sluice.yaml:1:1: error: Unknown field 'nam'."), "\(ended)")
            #expect(ended.status == 0)
        }
    }

    @Test func whatIsWrongAtFirstEndsIt() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("run", "command", "--watch", in: bench.project)
            #expect(ended.errors.hasPrefix("Input 'command' has no default and must be given."))
            #expect(ended.status == 64 && ended.output == "")
        }
    }

    @Test func aRunThatIsInterruptedIsTheLast() async throws {
        try await withBench { bench in
            try bench.write("{\"replies\": []}", to: "script.json")
            let words = [
                "run", "command", "--set", "command=sleep 600", "--model", "scripted/\(bench.root)/script.json",
            ]
            let process = try bench.start(words + ["--watch", "--json"], in: bench.project)
            #expect(await process.wait(for: #""type":"check.started""#) != nil)
            process.send(SIGINT)
            let ended = await process.ended()
            #expect(ended.output.contains("Interrupted at the terminal by ada."))
            #expect(ended.status == 1 && ended.errors == "", "nothing is watched after that")
        }
    }

    @Test func oneRunHasANameAndARecordManyHaveNot() async throws {
        try await withBench { bench in
            for option in ["--id", "--record"] {
                let ended = try await bench.sluice("run", "pytest", "--watch", option, "one")
                #expect(ended.errors == "Options '--id' and '--record' are for one run, and '--watch' starts many.\n")
                #expect(ended.status == 64)
            }
        }
    }
}
