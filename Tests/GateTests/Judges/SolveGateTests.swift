import PipelineKit
import PipelineTesting
import Testing

@testable import JudgesGate

/// Whether a problem is solved, as models say that read what was changed.
struct SolveGateTests {
    private let before = ["greet.py": "def greet(name):\n    return name\n", "a.txt": "1\n"]
    private let after = ["greet.py": "def greet(name):\n    return f'Hello, {name}'\n", "a.txt": "1\n"]
    private let settings: JSONValue = ["problem": "Greet people."]

    private static func votes(_ votes: [Bool]) -> Jury {
        Jury(votes.map { #"{"reason": "It says \#($0).", "solved": \#($0)}"# })
    }

    private func verdict(
        _ jury: Jury,
        _ after: [String: String],
        _ settings: JSONValue? = nil
    ) async throws -> Verdict {
        try await jury.verdict(of: SolveGate.self, after, settings ?? self.settings, before: before)
    }

    @Test func itIsAGate() async throws {
        let ask = Self.votes([true]).asker
        try await expectConformance(
            of: SolveGate.self,
            settings: settings,
            required: ["problem"],
            files: after,
            ask: ask
        )
    }

    @Test func mostVotesDecide() async throws {
        let solved = try await verdict(Self.votes([true, false, true]), after)
        #expect(solved.holds && solved.reason == "Solved: 2 of 3 votes of other/judge say that it is solved.")
        #expect(solved.details == "- no: It says false.\n- yes: It says true.\n- yes: It says true.")
        #expect(solved.metrics == ["yes": 2, "votes": 3])
        let open = try await verdict(Self.votes([true, false]), after, ["problem": "x", "votes": 2])
        #expect(open.reason == "Not solved: only 1 of 2 votes of other/judge say that it is solved.")
    }

    @Test func theJudgeReadsTheChangesAndNothingElse() async throws {
        let jury = Self.votes([true])
        _ = try await verdict(jury, after)
        let text = try #require(jury.questions.first?.text)
        #expect(text.hasPrefix("The problem:\nGreet people.\n\n===== begin of the changes\ndiff "))
        #expect(text.contains("\n-    return name\n+    return f'Hello, {name}'\n"))
        #expect(text.contains("\n--- before/greet.py\n+++ after/greet.py\n@@") && !text.contains("a.txt"))
        #expect(text.hasSuffix("===== end of the changes\n\nIs it solved?"))
    }

    @Test func withoutChangesNobodyIsAsked() async throws {
        let jury = Self.votes([true])
        let verdict = try await verdict(jury, before)
        #expect(verdict.reason == "Nothing was changed, so nothing is solved yet." && !verdict.holds)
        #expect(jury.questions.isEmpty)
    }

    @Test func newFilesAreChangesToo() async throws {
        let jury = Self.votes([true])
        _ = try await verdict(jury, before.merging(["new.py": "x = 1\n"]) { $1 })
        #expect(jury.questions.first?.text.contains("+x = 1\n") == true)
    }

    @Test func moreThanAModelCanReadIsNotJudged() async throws {
        let jury = Self.votes([true])
        let long = String(repeating: "x = 1\n", count: 40_000)
        let verdict = try await verdict(jury, before.merging(["new.py": long]) { $1 })
        #expect(
            verdict.reason == "The changes have more than 200 kB, which is the most that is judged. Change less."
        )
        #expect(jury.questions.isEmpty)
    }

    @Test(
        arguments: [
            (["problem": " "], "Field 'problem' must be a text, but is empty."),
            (["problem": "x", "votes": 16], "Field 'votes' must be from 1 to 15, but is 16."),
        ] as [(JSONValue, String)]
    )
    func settingsThatCannotBeAreRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: SolveGate.self, settings) == message)
    }

    @Test func aTextIsComparedWithWhatItWas() async throws {
        let jury = Jury(scores: [9])
        _ = try await jury.verdict(
            of: TextImproveGate.self,
            ["a.md": "New.\n"],
            ["files": ["*.md"], "votes": 1],
            before: ["a.md": "Old.\n"]
        )
        let text = jury.questions.first?.text ?? ""
        #expect(text.contains("===== begin of 'a.md' before the work\nOld.\n\n===== end of 'a.md' before the work"))
        #expect(text.contains("===== begin of 'a.md'\nNew.\n"))
    }
}
