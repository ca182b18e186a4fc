import CheckTool
import PipelineKit
import PipelineTesting
import Testing

struct RunTestsToolTests {
    private func call(_ verdict: Verdict) async throws -> ToolOutput {
        let tool = try RunTestsTool(settings: NoFields())
        return try await withTemporaryWorkspace { workspace in
            try await tool.call(
                NoFields(),
                in: ToolContext(workspace: workspace, check: { () throws(Failure) in verdict })
            )
        }
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(of: RunTestsTool.self, arguments: [:])
    }

    @Test func aGoalThatHoldsIsSaidInOneSentence() async throws {
        #expect(try await call(.passed("All 3 tests pass.", score: 1)) == ToolOutput("All 3 tests pass."))
    }

    @Test(arguments: [Verdict.Outcome.failed, .flaky])
    func whatDoesNotHoldIsShownWithItsDetails(outcome: Verdict.Outcome) async throws {
        let verdict = Verdict(outcome, "1 of 3 tests fails: a::x.", details: "a::x\nE   assert 1 == 2\n")
        let output = try await call(verdict)
        #expect(output == ToolOutput("1 of 3 tests fails: a::x.\n\na::x\nE   assert 1 == 2\n", isError: true))
    }

    @Test func aCheckThatCannotAnswerIsAFailure() async throws {
        let tool = try RunTestsTool(settings: NoFields())
        await #expect(throws: Failure(.unavailable, "This run has no goal to check.")) {
            _ = try await tool.call(NoFields(), in: ToolContext(workspace: Workspace(path: "/")))
        }
    }
}
