import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What each command prints of a run, and does to it.
struct CommandsTests {
    @Test func aRunIsListedShownAndReplayed() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            let row = "r1  achieved  rehearsal  2/5  2026-01-01 00:00  \(bench.project)\n"
            #expect(try await bench.sluice("runs").output == row)
            #expect(try await bench.sluice("runs", "--status", "waiting").output == "No run is waiting.\n")
            let listed = try JSONValue(parsing: try await bench.sluice("runs", "--json").output)
            #expect(listed["run"] == "r1" && listed["status"] == "achieved" && listed["iteration"] == 2)
            let shown = try JSONValue(parsing: try await bench.sluice("show", "r", "--json").output)
            #expect(shown["project"] == .string(bench.project) && shown["events"] == 40)

            let show = try await bench.sluice("show", "r1").output
            let replay = try await bench.sluice("replay", "r1").output
            let head = try #require(try await bench.events().last?.digest)
            #expect(replay == "\(show)\n40 events replayed; the run is achieved, head \(head).\n")
        }
    }

    @Test func aHistoryIsCheckedWhereverItIs() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            let history = try await bench.sluice("events", "--json").output
            try bench.write(history, to: "history.jsonl")
            let head = try #require(try await bench.events().last?.digest)
            let whole = "The history of run r1 is whole: 40 events, head \(head).\n"
            #expect(try await bench.sluice("verify").output == whole)
            #expect(try await bench.sluice("verify", "history.jsonl").output == whole)
            let json = try JSONValue(parsing: try await bench.sluice("verify", "--json").output)
            #expect(json == ["run": "r1", "events": 40, "head": .string("\(head)")])
            #expect(try await bench.sluice("replay", "history.jsonl").output.hasSuffix("head \(head).\n"))

            try bench.write(history.replacing("wrong.txt", with: "right.txt"), to: "changed.jsonl")
            let changed = try await bench.sluice("verify", "changed.jsonl")
            let sentence = "Event 24 ('check.finished') was changed after it was recorded: its digest does not match."
            #expect(changed.errors == "\(bench.root)/changed.jsonl:24: \(sentence)\n")
            #expect(changed.status == 1)
            let lines = history.split(separator: "\n")
            try bench.write((lines[..<5] + lines[6...]).joined(separator: "\n"), to: "shortened.jsonl")
            let shortened = try await bench.sluice("verify", "shortened.jsonl")
            #expect(
                shortened.errors == "\(bench.root)/shortened.jsonl:6: Event 6 is missing: the next one is numbered 7.\n"
            )
            #expect(shortened.status == 1)
        }
    }

    @Test func eventsAreOneALine() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            let all = try await bench.sluice("events", "r1").lines
            #expect(all.count == 40)
            let first = try #require(all.first)
            #expect(first.hasPrefix("1     2026-01-01T00:00:00.000Z  run.started "))
            #expect(try await bench.sluice("events", "r1", "--after", "38").lines == all.suffix(2))
        }
    }

    @Test func filesAreComparedAndSetBack() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            let names = "added     number.txt\nmodified  words.txt\ndeleted   wrong.txt\n"
            #expect(try await bench.sluice("diff", "--names").output == names)
            let first = try await bench.sluice("diff", "--to", "1", "--names").output
            #expect(first == "added     number.txt\nmodified  words.txt\n")
            let later = try await bench.sluice("diff", "--to", "7")
            #expect(later.errors == "This run has no snapshot of an iteration 7.\n")
            #expect(later.status == 64)

            let back = try await bench.sluice("rollback", "r1", "--to", "0")
            #expect(back.status == 0)
            #expect(back.lines.first == "The workspace of run r1 is what it was after iteration 0.")
            let before = try bench.tree("\(Bench.package)/Tests/Fixtures/Rehearsal/project")
            #expect(try bench.tree() == before)
            #expect(try await bench.sluice("diff").output == "")
            let last = try #require(try await bench.events().last?.payload)
            guard case .rolledBack(let rollback) = last else { throw Unexpected(last) }
            #expect(back.lines.last == "What it was before is kept as snapshot \(rollback.replaced).")
            #expect(rollback.by == "ada" && rollback.iteration == 0)
        }
    }

    /// Setting the files back is recorded after it is done: killed in between, it is done again.
    @Test func aRollbackThatWasKilledIsDoneAgain() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            let log = ["SLUICE_TEST_FAULT_LOG": "\(bench.root)/instants"]
            let killed = try await bench.sluice(
                "rollback",
                "r1",
                "--to",
                "1",
                adding: log.merging(["SLUICE_TEST_FAULT": "5"]) { $1 }
            )
            #expect(killed.status == Ended.killed)
            #expect(bench.read("instants")?.hasSuffix("rollback.restored\n") == true)
            #expect(try await bench.events().count == 40)
            #expect(try await bench.sluice("rollback", "r1", "--to", "1").status == 0)
            #expect(bench.read("project/wrong.txt") != nil)
            #expect(try await bench.sluice("verify").status == 0)
        }
    }

    @Test func questionsAreListedAndRefused() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let question = #"Let the model call file_delete? {"path":"wrong.txt"}"#
            #expect(try await bench.sluice("approve").output == "r1 a1  \(question)\n")
            let json = try JSONValue(parsing: try await bench.sluice("approve", "--json").output)
            #expect(json["approval"] == "a1" && json["run"] == "r1" && json["question"] == .string(question))
            let again = try await rehearsal.play(.resume)
            #expect(again.status == 2, "nobody is there to be asked")
            #expect(again.output == "")

            let no = try await bench.sluice("approve", "r1", "--reject", "--message", "Keep it.", "--resume", "--json")
            #expect(no.status == 1)
            let events = try await bench.events().map(\.payload)
            #expect(events.contains(.callRefused("4.1", reason: "ada did not allow the call. They say: Keep it.")))
            #expect(bench.read("project/wrong.txt") != nil)
            let over = try await bench.sluice("approve", "r1")
            #expect(over.errors == "Run 'r1' asks nothing.\n")
            #expect(over.status == 1)
            #expect(try await bench.sluice("approve").output == "No run waits for a person.\n")
        }
    }

    @Test func anAnswerMayMakeAnotherCallAndAllowOthers() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let wrong = try await bench.sluice("approve", "r1", "--arguments", #"{"paht": "x"}"#)
            #expect(
                wrong.errors.hasPrefix(
                    "The arguments of 'file_delete' are wrong. Unknown field 'paht'. Did you mean 'path'?"
                )
            )
            #expect(
                try await bench.sluice("approve", "r1", "--arguments", "{").errors.hasPrefix(
                    "Option '--arguments' is not JSON: "
                )
            )
            let other = try await bench.sluice("approve", "r1", "--for-run", "right*")
            let no = #"The pattern 'right*' does not stand for the 'path' of this call: {"path":"wrong.txt"}."#
            #expect(other.errors == no + "\n")
            let both = try await bench.sluice("approve", "r1", "--reject", "--for-run")
            #expect(
                both.errors
                    == "Option '--reject' says no: there is nothing to change, and nothing to allow for the run.\n"
            )
            #expect(
                try await bench.sluice("approve", "r1", "--edit").errors
                    == "An editor needs a terminal. Elsewhere say '--arguments JSON'.\n"
            )
            #expect(
                try await bench.events().contains { if case .approvalResolved = $0.payload { true } else { false } }
                    == false
            )

            let arguments = #"{"path": "./wrong.txt"}"#
            let yes = try await bench.sluice("approve", "r1", "--arguments", arguments, "--for-run", "wrong*")
            #expect(yes.output == "a1 of run r1 is approved. Go on with: sluice resume r1\n")
            let show = try await bench.sluice("show", "r1").output
            #expect(show.contains("with other arguments: path=\"./wrong.txt\""))
            #expect(show.contains("for the rest of the run: file_delete with path 'wrong*'"))
        }
    }

    @Test func theOperatorsRulesAreCheckedAndStandBeforeThePipelines() async throws {
        try await withBench { bench in
            try bench.write("deny: [{ tool: bash_exec, reach: [network] }]\n", to: "good.yaml")
            try bench.write("deny: [bash_exce]\n", to: "wrong.yaml")
            #expect(try await bench.sluice("lint", "--policy", "good.yaml").output == "good.yaml: no mistakes.\n")
            let wrong = try await bench.sluice("lint", "--policy", "wrong.yaml")
            let sentence = "wrong.yaml:1:8: error: Unknown tool 'bash_exce'. Did you mean 'bash_exec'?"
            #expect(wrong.errors.contains(sentence))
            #expect(wrong.status == 64)
            let run = try await bench.sluice(
                "run",
                "pytest",
                "--cwd",
                "project",
                "--policy",
                "wrong.yaml",
                "--model",
                "scripted/x"
            )
            #expect(run.errors.contains(sentence))
            let named = try await bench.sluice("doctor", adding: ["SLUICE_POLICY": "\(bench.root)/wrong.yaml"])
            #expect(named.output.contains(sentence))
            try bench.write("deny: []\n", to: "config/sluice/policy.yaml")
            let usual = try await bench.sluice("doctor", adding: ["XDG_CONFIG_HOME": "\(bench.root)/config"])
            #expect(usual.output.contains("policy      \(bench.root)/config/sluice/policy.yaml"))
            let none = try await bench.sluice("lint")
            let what = "A file, also of tests, or the name of a built-in pipeline."
            #expect(none.errors.hasPrefix("'sluice lint' needs PIPELINE: \(what)"))
        }
    }

    @Test func aRunThatEndedTooSoonIsTakenUpAgain() async throws {
        try await withCalc { bench in
            let words = ["run", "pytest", "--cwd", "project", "--model", Calc.model, "--iterations", "1", "--json"]
            let first = try await bench.start(words).ended()
            #expect(first.status == 1)
            let reason =
                "The goal does not hold after 1 iteration. 2 of 5 tests fail: tests/test_calc.py::test_mean, "
                + "tests/test_calc.py::test_mean_of_one_number."
            #expect(try await bench.events().last?.payload == .runFinished(.notAchieved, reason: reason))
            let second = try await bench.sluice("resume", "--iterations", "3", "--json")
            #expect(second.status == 0, "\(second)")
            let mended = try Calc.mended
            #expect(try bench.tree() == mended)
            let third = try await bench.sluice("resume")
            #expect(third.errors == "The run has reached its goal; there is nothing to take up again.\n")
            #expect(third.status == 1)
            let cancelled = try await bench.sluice("cancel", "last")
            #expect(cancelled.errors == "The run has ended already: achieved.\n")
            #expect(cancelled.status == 1)
        }
    }

    @Test func oldRunsAreRemoved() async throws {
        try await withFinishedRehearsal { rehearsal, bench in
            var bench = bench
            bench.environment["SLUICE_TEST_CLOCK"] = "2026-03-01T00:00:00Z"
            #expect(try await bench.sluice("gc", "--keep", "90d").output == "Removed 0 runs and 0 B of outputs.\n")
            let dry = try await bench.sluice("gc", "--keep", "0s", "--dry-run")
            #expect(dry.output == "r1        achieved      2026-01-01T00:00:00.000Z\n1 run would be removed.\n")
            // Files go before records: killed in between, the run is still listed, and goes the next time.
            let killed = try await bench.sluice("gc", "--keep", "0s", adding: ["SLUICE_TEST_FAULT": "1"])
            #expect(killed.status == Ended.killed)
            #expect(try await bench.sluice("runs").lines.count == 1)
            #expect(try await bench.sluice("gc", "--keep", "0s").output == "Removed 1 run and 0 B of outputs.\n")
            #expect(try await bench.sluice("runs").output == "There is no run yet.\n")
            #expect(bench.read("project/number.txt") == "one\n", "the project is not the run's")
        }
    }
}

struct Unexpected: Error {
    var payload: Event.Payload
    init(_ payload: Event.Payload) { self.payload = payload }
}

/// Hands over a rehearsal that has reached its goal.
private func withFinishedRehearsal(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Rehearsal, Bench) async throws -> Void
) async throws {
    try await withRehearsal { rehearsal, _ in
        for step in Rehearsal.Step.allCases { _ = try await rehearsal.play(step) }
        try await body(rehearsal, rehearsal.bench)
    }
}
