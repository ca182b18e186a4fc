import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What was done in a copy comes to the project, goes on in a fork, and is cleared away.
struct WorkspaceCommandTests {
    private static let changes = """
          added     number.txt
          modified  words.txt
          deleted   wrong.txt

        """

    @Test func whatWasDoneIsBroughtToTheProject() async throws {
        try await withCopy { _, bench in
            let applied = try await bench.sluice("apply", "r1")
            #expect(applied.output == Self.changes + "Nothing is staged or committed.\n")
            #expect(try bench.tree() == bench.tree("\(bench.state)/copies/r1"))
            let again = try await bench.sluice("apply", "r1")
            #expect(again.output == "What run r1 changed is applied already, by ada.\n")
            #expect(again.status == 0)
            #expect(try await bench.sluice("show").output.contains("applied   3 files, by ada\n"))
            #expect(try await bench.sluice("verify").status == 0)
        }
    }

    @Test func onlyWhatCameSinceIsBroughtTheSecondTime() async throws {
        try await withCopy { _, bench in
            let first = try await bench.sluice("apply", "r1", "--iteration", "1")
            #expect(
                first.lines == ["  added     number.txt", "  modified  words.txt", "Nothing is staged or committed."]
            )
            try bench.write("mine\n", to: "project/number.txt")
            let rest = try await bench.sluice("apply", "r1")
            #expect(rest.lines == ["  deleted   wrong.txt", "Nothing is staged or committed."])
            #expect(bench.read("project/number.txt") == "mine\n")
        }
    }

    @Test func aCommitABranchAndAPatch() async throws {
        try await withCopy(git: true) { _, bench in
            let patch = try await bench.sluice("apply", "r1", "--patch", "-")
            #expect(try await bench.sluice("diff", "r1").output == patch.output)
            #expect(try await bench.sluice("apply", "r1", "--patch", "fix.patch").output == "")
            #expect(bench.read("fix.patch") == patch.output)
            let branch = try await bench.sluice("apply", "r1", "--branch", "fix")
            #expect(
                branch.lines.last?.hasSuffix(" on branch 'fix'. Hooks and filters of the repository did not run.")
                    == true
            )
            #expect(try await bench.run("git", "status", "--porcelain", in: bench.project) == "")
            #expect(try await bench.sluice("apply", "r1").output == Self.changes + "Nothing is staged or committed.\n")
            // What is in the working tree already can be committed all the same.
            let commit = try await bench.sluice("apply", "r1", "--commit", "--message", "Fix the words")
            #expect(commit.status == 0)
            let again = try await bench.sluice("apply", "r1", "--commit")
            #expect(again.output == "What run r1 changed is applied already, by ada.\n")
            let log = try await bench.run("git", "log", "-1", "--format=%an%n%B", in: bench.project)
            #expect(log == "Ada\nFix the words\n\nSluice-Run: r1\n\n")
            #expect(try await bench.run("git", "status", "--porcelain", in: bench.project) == "")
            #expect(try await bench.run("git", "diff", "fix", in: bench.project) == "")
        }
    }

    @Test func whatCannotBeAppliedIsRefused() async throws {
        try await withCopy { _, bench in
            try bench.write("other\n", to: "project/number.txt")
            let refused = try await bench.sluice("apply", "r1")
            #expect(refused.status == 1)
            #expect(
                refused.errors.hasPrefix(
                    "What run 'r1' changed cannot be brought to '\(bench.project)':\n  number.txt: it is there already, with other "
                        + "content\nNothing was changed."
                )
            )
            #expect(bench.read("project/wrong.txt") != nil)
            for (words, sentence) in Self.mistakes {
                let ended = try await bench.start(words).ended()
                #expect(ended.status == 64)
                #expect(ended.errors == sentence + "\n")
            }
        }
    }

    private static let mistakes = [
        (
            ["apply", "r1", "--commit", "--branch", "x"],
            "Options '--commit' and '--branch' both say where to; give one of them."
        ),
        (
            ["apply", "r1", "--at", "3", "--iteration", "1"],
            "Options '--at' and '--iteration' both say up to when; give one of them."
        ),
        (
            ["apply", "r1", "--message", "x"],
            "Option '--message' is for a commit, so it needs '--commit' or '--branch'."
        ),
        (["apply", "r1", "--at", "99"], "Run 'r1' has no event 99; its last is 40."),
        (["diff", "r1", "--to", "1", "--at", "3"], "Options '--to' and '--at' both say up to when; give one of them."),
        (
            ["diff", "r1", "--call", "1.1", "--at", "3"],
            "Option '--call' says from when and up to when, so it takes no '--from', '--to' or '--at'."
        ),
        (
            ["fork", "r1", "--isolation", "none"],
            "A fork works in files of its own, so it takes 'worktree' or 'copy'. To set the "
                + "project itself back, use 'sluice rollback'."
        ),
    ]

    @Test func inTheProjectItselfThereIsNothingToApply() async throws {
        try await withRehearsal { rehearsal, bench in
            for step in Rehearsal.Step.allCases { _ = try await rehearsal.play(step) }
            let applied = try await rehearsal.bench.sluice("apply")
            #expect(applied.output == "Run r1 works in the project itself: what it changed is there already.\n")
        }
    }

    // MARK: - Forks

    private func last(_ type: String, _ bench: Bench) async throws -> Int {
        try #require(try await bench.events(of: "r1").last { $0.payload.type == type }?.sequence)
    }

    @Test func aForkGoesOnByItself() async throws {
        try await withCopy { _, bench in
            let events = try await bench.events(of: "r1")
            let first = try #require(events.first { $0.payload.type == "tool_call.finished" && $0.payload.hasSnapshot })
            let at = "\(first.sequence)"
            let paused = try await bench.sluice(
                "fork",
                "r1",
                "--at",
                at,
                "--id",
                "f1",
                "--paused",
                "--message",
                "Again."
            )
            #expect(paused.lines == ["Run f1 begins as run r1 was at event \(at).", "Carry it on: sluice resume f1"])
            #expect(try await bench.sluice("show", "f1").output.contains("forked    from run r1 at event \(at)\n"))
            #expect(try await bench.sluice("resume", "f1").status == 2)
            #expect(try await bench.sluice("approve", "f1", "--resume").status == 0)
            #expect(try await bench.sluice("diff", "f1").output == bench.sluice("diff", "r1").output)
            #expect(try await bench.events(of: "r1") == events)
            let exported = try await bench.sluice("events", "f1", "--json").output
            try bench.write(exported, to: "fork.jsonl")
            #expect(try await bench.sluice("verify", "fork.jsonl").status == 0)
            // The other run goes, and the fork stays whole.
            #expect(try await bench.sluice("cancel", "f1").status == 1)
            try FileManager.default.removeItem(atPath: "\(bench.state)/copies/r1")
            #expect(try await bench.sluice("fork", "f1", "--at", at, "--id", "f2", "--paused").status == 0)
            #expect(try await bench.sluice("diff", "f1").status == 0)
            let row = try JSONValue(parsing: try await bench.sluice("show", "f2", "--json").output)
            #expect(row["forked_from"]?["run"] == "f1")
            #expect(try await bench.sluice("runs").lines.contains { $0.hasSuffix("  (of f1 at \(at))") })
        }
    }

    /// Killed before the fork is recorded there is no new run; killed after, a whole one.
    @Test func aForkThatWasKilledIsThereOrNot() async throws {
        try await withCopy { _, bench in
            let words = ["fork", "r1", "--at", "2", "--id", "f1", "--paused"]
            for (point, isThere) in [("fork.pinned", false), ("fork.recorded", true)] {
                let number = try await Self.number(of: point, words, bench)
                let killed = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "\(number)"]).ended()
                #expect(killed.status == Ended.killed)
                #expect(try await bench.sluice("show", "f1").status == (isThere ? 0 : 64))
                if !isThere {
                    let dry = try await bench.sluice("gc", "--dry-run").lines
                    #expect(
                        dry.last?.hasPrefix("0 runs would be removed, and 3 things that no run has any more, ") == true,
                        "\(dry)"
                    )
                    #expect(try await bench.sluice("gc").status == 0)
                    #expect(try await bench.sluice("gc", "--dry-run").output == "0 runs would be removed.\n")
                }
            }
            #expect(try await bench.sluice("resume", "f1").status == 2)
        }
    }

    /// Which instant of a command a point is; found in a place that is put back afterwards.
    private static func number(of point: String, _ words: [String], _ bench: Bench) async throws -> Int {
        let aside = "\(bench.root).aside"
        try await bench.run("cp", "-a", bench.state, aside)
        defer { try? FileManager.default.removeItem(atPath: aside) }
        let log = "\(bench.root)/instants"
        _ = try await bench.start(words, adding: ["SLUICE_TEST_FAULT_LOG": log]).ended()
        let names = try #require(bench.read(log)).split(separator: "\n")
        try FileManager.default.removeItem(atPath: log)
        try await bench.run("sh", "-c", "rm -rf \"$1\" && cp -a \"$2\" \"$1\"", "sh", bench.state, aside)
        return try #require(names.firstIndex { $0.hasSuffix(point) }) + 1
    }

    // MARK: - Clean-up

    @Test func whatNoRunHasIsClearedAway() async throws {
        try await withCopy(git: true) { _, bench in
            let words = ["run", "pipeline.yaml", "--cwd", "project", "--id", "w1", "--isolation", "worktree"]
            #expect(try await bench.start(words).ended().status == 2)
            // A store that knows nothing of w1, as if its history had been lost.
            let git = "\(bench.project)/.git/worktrees"
            #expect(try await bench.sluice("gc", "--dry-run").output == "0 runs would be removed.\n")
            #expect(try await bench.sluice("gc", "--db", "other.db").output == "Removed 0 runs and 0 B of outputs.\n")
            #expect(FileManager.default.fileExists(atPath: "\(bench.state)/worktrees/w1"))
            try FileManager.default.removeItem(atPath: bench.database)
            for end in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: bench.database + end) }
            try await bench.run("ln", "-s", bench.project, "\(bench.state)/copies/link")
            let before = try bench.tree()
            let dry = try await bench.sluice("gc", "--dry-run").lines
            for place in ["\(bench.state)/worktrees/w1", "\(git)/w1", "\(bench.state)/copies/r1"] {
                #expect(dry.contains("left over  \(place)"))
            }
            #expect(try await bench.sluice("gc").status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(bench.state)/worktrees") == [])
            #expect(!FileManager.default.fileExists(atPath: "\(git)/w1"))
            #expect(try bench.tree() == before)
            #expect(try await bench.run("git", "worktree", "list", in: bench.project).split(separator: "\n").count == 1)
        }
    }

    /// A crash at any instant of a run leaves what the next clean-up takes, once the run is gone, and nothing else.
    @Test(arguments: ["worktree", "copy"])
    func aCrashAnywhereLeavesNothingInTheEnd(isolation: String) async throws {
        try await withRehearsal { rehearsal, bench in
            try await bench.commitProject()
            let words = ["run", "pipeline.yaml", "--cwd", "project", "--id", "w1", "--isolation", isolation]
            let later = ["SLUICE_TEST_CLOCK": "2026-03-01T00:00:00Z"]
            for number in stride(from: 1, through: 31, by: 6) {
                _ = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "\(number)"]).ended()
                _ = try await bench.sluice("cancel", "w1")
                for point in 1...3 {
                    let fault = ["SLUICE_TEST_FAULT": "\(point)"].merging(later) { $1 }
                    _ = try await bench.sluice("gc", "--keep", "0s", adding: fault)
                }
                #expect(try await bench.sluice("gc", "--keep", "0s", adding: later).status == 0)
                let left = try await bench.run(
                    "sh",
                    "-c",
                    "find state -mindepth 2 ! -name '*.db*' ! -type d; ls project/.git/worktrees 2>/dev/null || :"
                )
                #expect(left == "", "\(number)")
            }
            #expect(try await bench.run("git", "status", "--porcelain", in: bench.project) == "")
        }
    }
}

extension Event.Payload {
    fileprivate var hasSnapshot: Bool {
        if case .callFinished(_, let output) = self { output.snapshot != nil } else { false }
    }
}
