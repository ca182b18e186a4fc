import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Two processes at one run: one wins, and the other is told so.
struct TwoProcessTests {
    @Test func oneOfTwoResumesTheRun() async throws {
        try await withRehearsal { rehearsal, bench in
            try bench.write(#"cat "$HOME/gate""#, to: "project/check.sh")
            let pipeline = try #require(bench.read("pipeline.yaml"))
            try bench.write(pipeline.replacing("writable: [~/calls.log]", with: "sandbox: off"), to: "pipeline.yaml")
            try await bench.run("mkfifo", "\(bench.root)/home/gate")
            let killed = try await rehearsal.play(.run, adding: ["SLUICE_TEST_FAULT": "9"])
            #expect(killed.status == Ended.killed)

            try await withThrowingTaskGroup(of: (Ended, pid_t).self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        let process = try rehearsal.start(.resume)
                        return (await process.ended(), process.pid)
                    }
                }
                let (loser, _) = try #require(try await group.next())
                #expect(loser.status == 1)
                try await bench.run("sh", "-c", "echo > gate", in: "\(bench.root)/home")
                let (winner, pid) = try #require(try await group.next())
                #expect(winner.status == 0, "\(winner)")
                let host = ProcessInfo.processInfo.hostName
                #expect(loser.errors == "Run 'r1' is being worked on by process \(pid) on \(host).\n")
            }
        }
    }

    @Test func oneOfTwoAnswersIsTaken() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let people = ["ada", "bob"]
            let answers = try await withThrowingTaskGroup(of: (String, Ended).self) { group in
                for person in people {
                    group.addTask { (person, try await rehearsal.play(.approve, adding: ["USER": person])) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            let winner = try #require(people.first { answers[$0]?.status == 0 })
            let loser = try #require(people.first { $0 != winner })
            #expect(answers[winner]?.output == "a1 of run r1 is approved. Go on with: sluice resume r1\n")
            #expect(answers[loser]?.errors == "Approval 'a1' was already approved by \(winner).\n")
            #expect(answers[loser]?.status == 1)
            #expect(try await rehearsal.play(.resume).status == 0)
        }
    }

    @Test func anAnswerToSomethingElseIsRefused() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let other = String(repeating: "0", count: 64)
            let refused = try await bench.sluice("approve", "r1", "a1", "--shown", other)
            let sentence = "Approval 'a1' is for something else than was shown. Look at it again before you answer.\n"
            #expect(refused.errors == sentence)
            #expect(refused.status == 1)
            let unread = try await bench.sluice("approve", "r1", "a1", "--shown", "abc")
            #expect(unread.errors == "Option '--shown' must be 64 hexadecimal digits, but is 'abc'.\n")
            #expect(unread.status == 64)
        }
    }

    @Test func aHistoryThatWasChangedIsNotCarriedOn() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let proposed = try #require(try await bench.events(of: "r1").proposal(of: "4.1"))
            try await bench.changeDatabase(
                "UPDATE event SET body = replace(body, 'wrong.txt', 'words.txt') WHERE sequence = \(proposed.sequence)"
            )
            let sentence = """
                The history of run 'r1' is damaged. Event \(proposed.sequence) ('tool_call.proposed') was changed after \
                it was recorded: its digest does not match.

                """
            for words in [["resume", "r1"], ["approve", "r1", "a1"], ["show", "r1"], ["verify", "r1"]] {
                let refused = try await bench.start(words).ended()
                #expect(refused.errors == sentence)
                #expect(refused.status == 70)
            }
            #expect(bench.read("project/words.txt") != nil)
        }
    }

    /// Somebody who rewrites the whole chain still cannot have another call carried out than the one that was shown.
    @Test func aCallThatWasChangedAfterItWasShownIsRefused() async throws {
        try await withRehearsal { rehearsal, bench in
            #expect(try await rehearsal.play(.run).status == 2)
            let events = try await bench.events(of: "r1")
            try await bench.rewrite(events.map { $0.payload.deleting("words.txt") }, at: try #require(events.first).at)
            #expect(try await rehearsal.play(.approve).status == 0)
            _ = try await rehearsal.play(.resume)
            let reason = "The call is not what was approved: it was changed after it was shown."
            let later = try await bench.events(of: "r1").map(\.payload)
            #expect(later.contains(.callRefused("4.1", reason: reason)))
            #expect(bench.read("project/words.txt") == "red green blue\n")
        }
    }
}

/// Hands over the stage of a rehearsal, set.
func withRehearsal(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Rehearsal, Bench) async throws -> Void
) async throws {
    try await withBench { bench in
        let rehearsal = Rehearsal(bench)
        try rehearsal.reset()
        try await body(rehearsal, rehearsal.bench)
    }
}

extension [Event] {
    fileprivate func proposal(of id: CallID) -> Event? {
        first { if case .callProposed(let call) = $0.payload { call.id == id } else { false } }
    }
}

extension Event.Payload {
    /// The same, but for a deletion, which is of another file.
    fileprivate func deleting(_ path: String) -> Self {
        guard case .callProposed(var call) = self, call.call.tool == "file_delete" else { return self }
        call.call.arguments = #"{"path":"\#(path)"}"#
        return .callProposed(call)
    }
}

extension Bench {
    /// Changes the database behind the store's back, as another program would.
    func changeDatabase(_ sql: String) async throws {
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()"
        try await run("python3", "-c", script, database, sql)
    }

    /// Puts another history in the place of the one there is, chained as it should be.
    fileprivate func rewrite(_ payloads: [Event.Payload], at moment: Instant) async throws {
        let updates = Chain.rows(payloads, after: 0, head: Chain.start, at: moment).map { row in
            let body = String(decoding: row.body, as: UTF8.self).replacing("'", with: "''")
            return "UPDATE event SET body = '\(body)', digest = x'\(row.digest)' WHERE sequence = \(row.sequence);"
        }
        try await changeDatabase(updates.joined(separator: "\n"))
    }
}
