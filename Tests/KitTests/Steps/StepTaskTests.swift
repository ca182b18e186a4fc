import PipelineKit
import Testing

/// Elements of a list that need each other.
struct StepTaskTests {
    private func problems(_ elements: JSONValue...) -> [String] {
        StepGraph.problems(inTasks: elements).map { "\($0.path): \($0.message)" }
    }

    @Test func eachBeginsWhenThoseItNeedsHavePassed() {
        let graph = StepGraph(tasks: [
            ["id": "client", "needs": ["api"]], ["id": "api"], ["what": "docs"], ["id": "ship", "needs": ["client"]],
        ])
        #expect(graph.order.map { graph.steps[$0].id } == ["api", "client", "3", "ship"])
        #expect(graph.moves(after: [:]) == [.begin("api"), .begin("3")])
        #expect(graph.moves(after: ["api": StepResult(.passed), "3": StepResult(.failed)]) == [.begin("client")])
        #expect(graph.moves(after: ["api": StepResult(.failed), "3": StepResult(.passed)]) == [.leaveOut("client")])
    }

    @Test func withoutNeedsNoneWaitsForAnotherWhateverItsNameIs() {
        let graph = StepGraph(tasks: [["id": "Not A Name"], 5, ["id": "Not A Name"]])
        #expect(graph.moves(after: [:]).count == 3)
        #expect(problems(["id": "Not A Name"], 5, ["id": 7]).isEmpty)
    }

    @Test func whatCannotBeIsToldWhereItStands() {
        #expect(
            problems(["id": "a", "needs": ["b"]], ["id": "b", "needs": ["a"]]) == [
                "[0].needs: These tasks wait for each other for ever: 'a' needs 'b' needs 'a'."
            ]
        )
        #expect(
            problems(["id": "api"], ["id": "api"], ["id": "c", "needs": ["c", "aip"]]) == [
                "[1].id: There is a task 'api' already.",
                "[2].needs[0]: The task 'c' needs itself.",
                "[2].needs[1]: There is no task 'aip'. Did you mean 'api'?",
            ]
        )
        #expect(
            problems(["id": "Api"], ["id": 5, "needs": "api"]) == [
                "[0].id: Field 'id' must be 1 to 32 lower-case letters, digits, '_' and '-', the first a letter, but is 'Api'.",
                "[1].id: Field 'id' must be text, but is 5.",
                "[1].needs: Field 'needs' must be a list of tasks by their 'id', but is \"api\".",
            ]
        )
    }
}
