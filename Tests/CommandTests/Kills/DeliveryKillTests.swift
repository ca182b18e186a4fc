import Foundation
import Testing

/// The process is killed at each instant of a delivery, and the next one brings the rest, or nothing is left of it.
struct DeliveryKillTests {
    /// What a delivery of the rehearsal's files reaches, in this order: one file is removed, two are put in place.
    private static let files = [
        "apply.announced", "apply.prepared", "apply.decided", "apply.removed", "apply.moved", "apply.moved",
        "apply.written", "apply.cleared", "apply.ended", "apply.delivered",
    ]
    private static let commit = [
        "apply.announced", "apply.prepared", "apply.decided", "apply.committed", "apply.removed", "apply.moved",
        "apply.moved", "apply.written", "apply.staged", "apply.cleared", "apply.ended", "apply.delivered",
    ]

    /// A stage on which everything is ready to be applied, set again for each kill.
    private struct Stage {
        let rehearsal: Rehearsal
        let bench: Bench
        let words: [String]
        /// The project as it was, and as it is to be.
        let before: [String: String]
        let after: [String: String]

        init(_ rehearsal: Rehearsal, _ bench: Bench, isCommit: Bool) throws {
            self.rehearsal = rehearsal
            self.bench = bench
            words = ["apply", "r1"] + (isCommit ? ["--commit"] : [])
            (before, after) = (try bench.tree(), try bench.tree("\(bench.state)/copies/r1"))
            try rehearsal.keep(before: .resume)
        }

        func reset() throws { try rehearsal.reset(to: .resume) }

        /// The names of all instants, those of the store included.
        func instants() async throws -> [String] {
            let log = "\(bench.root)/instants"
            let ended = try await bench.start(words, adding: ["SLUICE_TEST_FAULT_LOG": log]).ended()
            try #require(ended.status == 0, "\(ended)")
            return try #require(bench.read(log)).split(separator: "\n").map(String.init)
        }

        func kill(at instant: Int, _ when: Comment) async throws {
            try reset()
            let killed = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "\(instant + 1)"]).ended()
            #expect(killed.status == Ended.killed, when)
        }

        func apply() async throws -> Ended { try await bench.start(words).ended() }

        func hasJournal() async throws -> Bool {
            try await !bench.run("sh", "-c", "ls state/workspaces/*/delivery 2>/dev/null || :").isEmpty
        }

        /// The project without what is prepared in it, which only the journal tells from a person's files.
        func tree() throws -> [String: String] { try bench.tree().filter { !$0.key.hasPrefix(".sluice-") } }
    }

    private func withStage(isCommit: Bool, _ body: (Stage) async throws -> Void) async throws {
        try await withCopy(git: isCommit) { rehearsal, bench in
            defer { rehearsal.clear() }
            try await body(try Stage(rehearsal, bench, isCommit: isCommit))
        }
    }

    @Test(arguments: [false, true]) func aKilledApplyIsBroughtToItsEndByTheNext(isCommit: Bool) async throws {
        try await withStage(isCommit: isCommit) { stage in
            let instants = try await stage.instants()
            let steps = isCommit ? Self.commit : Self.files
            #expect(instants.filter { $0.hasPrefix("apply.") } == steps)
            let decided = try #require(instants.firstIndex(of: "apply.decided"))
            let written = try #require(instants.firstIndex(of: "apply.written"))
            let ended = try #require(instants.firstIndex(of: "apply.ended"))
            for (number, name) in instants.enumerated() {
                let when: Comment = "killed at instant \(number + 1), '\(name)'"
                try await stage.kill(at: number, when)
                let now = try stage.tree()
                if number <= decided { #expect(now == stage.before, when) }
                if number >= written { #expect(now == stage.after, when) }
                #expect(try await stage.hasJournal() == (number < ended && name.hasPrefix("apply.")), when)
                let again = try await stage.apply()
                #expect(again.status == 0, "\(when): \(again)")
                #expect(try stage.bench.tree() == stage.after, when)
                #expect(try await !stage.hasJournal(), when)
                if isCommit { try await expectOneCommit(stage, when) }
            }
        }
    }

    private func expectOneCommit(_ stage: Stage, _ when: Comment) async throws {
        let project = stage.bench.project
        #expect(try await stage.bench.run("git", "rev-list", "--count", "HEAD", in: project) == "2\n", when)
        #expect(try await stage.bench.run("git", "status", "--porcelain", in: project) == "", when)
    }

    /// What was only prepared goes, also where a person has made it impossible to bring the files meanwhile.
    @Test(arguments: ["apply.announced", "apply.prepared"])
    func ofADeliveryThatWasNotDecidedUponNothingIsLeft(name: String) async throws {
        try await withStage(isCommit: false) { stage in
            let instant = try #require(try await stage.instants().firstIndex(of: name))
            try await stage.kill(at: instant, "\(name)")
            try stage.bench.write("mine\n", to: "project/number.txt")
            let refused = try await stage.apply()
            #expect(refused.status == 1)
            #expect(refused.errors.contains("\n  number.txt: it is there already, with other content\n"))
            #expect(try stage.bench.tree() == stage.before.merging(["number.txt": "mine\n"]) { $1 })
            #expect(try await !stage.hasJournal())
        }
    }

    /// What was decided upon is finished; what a person has changed meanwhile stays as they made it, and is told.
    @Test func ofADeliveryThatWasDecidedUponAllIsBroughtButWhatHasChangedSince() async throws {
        try await withStage(isCommit: false) { stage in
            let instant = try #require(try await stage.instants().firstIndex(of: "apply.decided"))
            try await stage.kill(at: instant, "apply.decided")
            try stage.bench.write("mine\n", to: "project/words.txt")
            let refused = try await stage.apply()
            #expect(refused.status == 1)
            #expect(
                refused.errors.hasPrefix(
                    "A run was being applied when the process ended, and 'words.txt' has changed since: it was left as it is"
                )
            )
            #expect(try stage.bench.tree() == stage.after.merging(["words.txt": "mine\n"]) { $1 })
            #expect(try await !stage.hasJournal())
        }
    }
}
