import PipelineEngine
import PipelineKit
import SQLiteStore
import Testing

/// What a program asks that works in the directory of a run is shown and answered as all questions are.
struct OutsideQuestionTests {
    private static let question = OutsideQuestion(
        key: "k1",
        tool: "Bash",
        text: "May it run?",
        about: ["command": "make"]
    )

    /// A run that waits for an answer about a call, and in which a program works, asks and reports.
    private func withAsking(_ body: (Bench) async throws -> Void) async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let store = try SQLiteEventStore(path: bench.database)
            let run = try await LiveRun.open("r1", in: store, clock: .system)
            try await run.send(.ask(Self.question))
            try await run.send(
                .report([
                    .callBegun(id: "c1", tool: "Write", input: ["path": "a.txt"]), .output(.stdout, "Working.\n"),
                    .callEnded(
                        id: "c1",
                        tool: "Write",
                        isError: true,
                        duration: .milliseconds(1_500),
                        error: "No room."
                    ),
                ])
            )
            try await body(bench)
        }
    }

    @Test func itIsShownWithAllThatItIsAbout() async throws {
        try await withAsking { bench in
            let asked = """
                r1 a1  Let the model call file_delete? {"path":"wrong.txt"}
                r1 a2  Bash: May it run?
                {
                  "command": "make"
                }

                """
            #expect(try await bench.sluice("approve").output == asked)
            let lines = try await bench.sluice("approve", "--json").output.split(separator: "\n")
            let json = try JSONValue(parsing: String(try #require(lines.last)))
            #expect(json["subject"] == "outside" && json["tool"] == "Bash" && json["about"] == ["command": "make"])
            let several = try await bench.sluice("approve", "r1")
            let words = "Run 'r1' asks 2 things. Say which:\n  a1: Let the model call file_delete?"
            #expect(several.errors.hasPrefix(words))
            #expect(several.errors.contains("\n  a2: Bash: May it run?\n"))
            let show = try await bench.sluice("show", "r1").output
            let told = """
                ask       a2: Bash: May it run?
                          {
                            "command": "make"
                          }
                call      Write path="a.txt"
                stdout    Working.
                          ✗ Write (1s500ms)  No room.
                """
            #expect(show.contains(told), "\(show)")
        }
    }

    @Test func itIsAnsweredAndTheRunAsksOnWhatItAsked() async throws {
        try await withAsking { bench in
            let no = try await bench.sluice("approve", "r1", "a2", "--reject", "--message", "Use make -n.")
            #expect(no.output == "a2 of run r1 is rejected.\n")
            let events = try await bench.events().map(\.payload)
            let answer = Resolution(.rejected, by: "ada", message: "Use make -n.")
            #expect(events.last == .approvalResolved("a2", answer))
            let again = try await bench.sluice("approve", "r1", "a2")
            #expect(again.errors == "Approval 'a2' was already rejected by ada.\n")
            #expect(try await bench.sluice("approve", "r1", "--resume", "--json").status == 0)
            #expect(try await bench.sluice("verify", "r1").status == 0)
        }
    }
}
