import Foundation
import PipelineKit
import Testing

/// What `sluice bench engine` cannot do, in the words that a person reads.
struct EngineRefusalTests {
    private static let all = "steps, grow, turns, crash, resume, conc, wait, kill, lists"

    private static func expect(_ words: [String], _ message: String, on bench: Bench) async throws {
        let ended = try await bench.start(["bench", "engine"] + words, adding: ["TMPDIR": bench.root]).ended()
        #expect((ended.status, ended.output, ended.errors) == (64, "", "\(message)\n"))
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.root)
        #expect(!left.contains { $0.hasPrefix("sluice-bench-") })
    }

    @Test(
        arguments: [
            ([], "'sluice bench engine' needs a scenario: \(all)."),
            (["stps"], "There is no scenario 'stps'. Did you mean 'steps'? There are: \(all)."),
            (["steps", "--n", "0"], "Option '--n' must be from 1 to 1000000, but is 0."),
            (["steps", "--n", "1000001"], "Option '--n' must be from 1 to 1000000, but is 1000001."),
            (["steps", "--n", "many"], "Option '--n' must be a whole number, but is \"many\"."),
            (["conc", "--runs", "0"], "Option '--runs' must be from 1 to 1000000, but is 0."),
            (["conc", "--runs", "-3"], "Option '--runs' must be from 1 to 1000000, but is -3."),
            (["grow", "--bytes", "-1"], "Option '--bytes' must be from 0 to 16000, but is -1."),
            (["grow", "--bytes", "16001"], "Option '--bytes' must be from 0 to 16000, but is 16001."),
            (["steps", "--marks", "x"], marks("x")), (["steps", "--marks", "0"], marks("0")),
            (["steps", "--marks", "1,,2"], marks("1,,2")), (["steps", "--marks", "-1"], marks("-1")),
            (["steps", "--marks", "1,"], marks("1,")), (["steps", "--marks", "1, 2"], marks("1, 2")),
            (["steps", "--dir", "/nowhere"], "There is no directory '/nowhere'. Give a directory with --dir."),
            (["crash"], "Scenario 'crash' needs a directory that outlives it. Give one with --dir."),
            (["resume"], "Scenario 'resume' needs a directory that outlives it. Give one with --dir."),
            (["kill"], "Scenario 'kill' needs a directory that outlives it. Give one with --dir."),
            (["lists", "--store", "memory"], memory("lists")),
            (
                ["steps", "--store", "disk"],
                "Option '--store' must be one of sqlite, memory, but is \"disk\"."
            ),
        ] as [([String], String)]
    )
    func whatCannotBeMeasuredIsRefused(words: [String], message: String) async throws {
        try await withBench { bench in try await Self.expect(words, message, on: bench) }
    }

    private static func marks(_ text: String) -> String {
        "Option '--marks' must be numbers of steps from 1, such as '100,1000', but is '\(text)'."
    }

    private static func memory(_ scenario: String) -> String {
        "Scenario '\(scenario)' is about a file, and '--store memory' keeps none. Leave that out."
    }

    @Test(arguments: ["crash", "resume", "kill"])
    func whatOutlivesAProcessIsNotInMemory(scenario: String) async throws {
        try await withBench { bench in
            try bench.write("", to: "project/sluice.db")
            let place = ["--dir", bench.project]
            let problems =
                scenario == "crash"
                ? [Self.memory(scenario), Self.occupied(bench, "'sluice.db'")] : [Self.memory(scenario)]
            try await Self.expect([scenario, "--store", "memory"] + place, problems.joined(separator: "\n"), on: bench)
        }
    }

    @Test func allThatIsWrongIsToldAtOnce() async throws {
        try await withBench { bench in
            try bench.write("", to: "project/b")
            try bench.write("", to: "project/a")
            let words = ["--n", "0", "--runs", "0", "--bytes", "-1", "--marks", "x", "--store", "memory"]
            let message = """
                Option '--n' must be from 1 to 1000000, but is 0.
                Option '--runs' must be from 1 to 1000000, but is 0.
                Option '--bytes' must be from 0 to 16000, but is -1.
                \(Self.marks("x"))
                \(Self.memory("crash"))
                \(Self.occupied(bench, "'a' and 1 more"))
                """
            try await Self.expect(["crash", "--dir", bench.project] + words, message, on: bench)
        }
    }

    private static func occupied(_ bench: Bench, _ what: String) -> String {
        "The directory '\(bench.project)' is not empty: it holds \(what). Give an empty one with --dir."
    }

    @Test(arguments: ["steps", "grow", "turns", "crash", "conc", "wait", "kill", "lists"])
    func whatOthersKeepIsNotTouched(scenario: String) async throws {
        try await withBench { bench in
            try bench.write("mine", to: "project/notes.txt")
            try await Self.expect(
                [scenario, "--dir", bench.project],
                Self.occupied(bench, "'notes.txt'"),
                on: bench
            )
            #expect(try bench.tree() == ["notes.txt": "mine"])
        }
    }

    @Test(arguments: [[], ["sluice.db"]])
    func whereNothingWasBegunNothingIsResumed(files: [String]) async throws {
        try await withBench { bench in
            for file in files { try bench.write("", to: "project/\(file)") }
            let words = ["bench", "engine", "resume", "--dir", bench.project]
            let ended = try await bench.start(words).ended()
            let message =
                "There is no run to resume in '\(bench.project)'. Begin one there: "
                + "sluice bench engine crash --dir \(bench.project)\n"
            #expect((ended.status, ended.errors) == (64, message))
        }
    }

    @Test func runsOfOthersAreLeftAlone() async throws {
        try await withBench { bench in
            let served = ["serve", "idle", "--subscribers", "1", "--rate", "500", "--seconds", "1"]
            let begun = try await bench.start(["bench"] + served + ["--dir", bench.project]).ended()
            try #require(begun.status == 0, "\(begun)")
            let before = try await bench.sluice("events", "last", "--json", adding: ["SLUICE_STATE": bench.project])
            try #require(before.status == 0, "\(before)")
            for scenario in ["resume", "kill"] {
                let ended = try await bench.sluice("bench", "engine", scenario, "--dir", bench.project)
                let message =
                    "'\(bench.project)' holds runs that no benchmark began. Give another directory with --dir.\n"
                #expect((ended.status, ended.errors) == (64, message))
            }
            let after = try await bench.sluice("events", "last", "--json", adding: ["SLUICE_STATE": bench.project])
            #expect(after.output == before.output)
            #expect(bench.read("project/effects.log") == nil)
        }
    }
}
