import DrawingKit
import PipelineKit
import Testing

/// Pipelines, drawn.
struct DrawingTests {
    private func text(_ pipeline: JSONValue, width: Int = 80) throws -> String {
        let lines = Drawing(try Pipeline(json: pipeline)).text(width: width)
        return lines.joined(separator: "\n")
    }

    private static let loop: JSONValue = [
        "name": "p", "model": "openai/gpt-5.2", "goal": "pytest",
        "tools": ["allow": ["file_read", "file_patch"], "ask": ["bash_exec"]],
    ]

    private func loop(_ more: [String: JSONValue]) -> JSONValue { .object(Self.loop.members.merging(more) { $1 }) }

    @Test func withoutStepsTheStandardLoopIsDrawn() throws {
        let drawn = """
                        ┌────────────────┐
                        │ the model      │
                        │ openai/gpt-5.2 │
                        └────────┬───────┘
                                 │
            ┌────────────────────▼────────────────────┐
            │ tool calls                              │
            │ 3 tools; 1 of them may ask a person     │
            │ until the model stops, up to 50 replies │
            └────────────────────┬────────────────────┘
                                 │
                  ┌──────────────▼──────────────┐
                  │ the goal                    │
                  │ pytest                      │
                  │ judged when the model stops │
                  └──────────────┬──────────────┘
                                 │
                ┌────────────────▼────────────────┐
                │ the end                         │
                │ achieved when the goal holds    │
                │ else again, up to 20 iterations │
                └─────────────────────────────────┘
            """
        #expect(try text(Self.loop) == drawn)
    }

    @Test func aPersonStandsWhereThePipelineAsks() throws {
        #expect(
            try order(loop(["human": ["gate": "after_check"]])) == [
                "the model", "tool calls", "the goal", "a person", "the end",
            ]
        )
        #expect(
            try order(loop(["human": ["gate": "before_writes"]])) == [
                "the model", "a person", "tool calls", "the goal", "the end",
            ]
        )
        #expect(
            try order(loop(["human": ["gate": "plan"]])) == [
                "the model", "a person", "tool calls", "the goal", "the end",
            ]
        )
    }

    @Test func workWithoutAGoalEndsWhenItIsDone() throws {
        let outputs: JSONValue = ["name": "p", "outputs": ["b": [:], "a": [:]], "limits": ["iterations": 1]]
        #expect(try last(outputs) == ["the end", "achieved when handed on: a, b", "else not achieved"])
        let steps: JSONValue = ["name": "p", "steps": [["id": "a", "gate": "x"]]]
        #expect(try last(steps) == ["the end", "achieved when no step has failed", "else again, up to 20 passes"])
    }

    private func order(_ pipeline: JSONValue) throws -> [String?] {
        Drawing(try Pipeline(json: pipeline)).boxes.map(\.lines.first)
    }

    private func last(_ pipeline: JSONValue) throws -> [String]? {
        Drawing(try Pipeline(json: pipeline)).boxes.last?.lines
    }

    @Test func stepsAreDrawnBelowWhatTheyNeed() throws {
        let drawn = #"""
                          ┌──────────────────────────────────────────┐
                          │ plan                                     │
                          │ model: anthropic/claude-sonnet-4-6, else │
                          │   openai/gpt-5.2                         │
                          │ hands on: tasks                          │
                          └─────────────────────┬────────────────────┘
                        ┌───────────────────────┴─┬───────────────────────┐
            ┌───────────▼───────────┐  ┌──────────▼─────────┐  ┌──────────▼─────────┐
            │ work                  │  │ lint               │  │ notes              │
            │ model: openai/gpt-5.2 │  │ gate: ruff         │  │ pipeline: notes    │
            │ each:                 │  │ on_failure: ignore │  │ if: not            │
            │   ${steps.plan.tasks} │  │                    │  │   steps.plan.empty │
            │ until: pytest         │  │                    │  │                    │
            │ retry: 2 times, after │  │                    │  │                    │
            │   30s                 │  │                    │  │                    │
            └───────────┬───────────┘  └──────────┬─────────┘  └────────────────────┘
                        └───────────────────────┬─┘
                            ┌───────────────────▼───────────────────┐
                            │ review                                │
                            │ question: Ship ${steps.work.summary}? │
                            └───────────────────────────────────────┘

                              ┌──────────────────────────────────┐
                              │ the goal                         │
                              │ pytest and (ruff or not pyright) │
                              │ judged when no step has failed   │
                              └─────────────────┬────────────────┘
                                                │
                                ┌───────────────▼──────────────┐
                                │ the end                      │
                                │ achieved when the goal holds │
                                │ else again, up to 4 passes   │
                                └──────────────────────────────┘
            """#
        #expect(try text(DrawnPipeline.full) == drawn)
    }

    @Test func whereThereIsLittleRoomBoxesSayWhatTheyNeed() throws {
        let narrow: JSONValue = [
            "name": "p",
            "steps": [
                ["id": "a", "gate": "ruff"], ["id": "b", "gate": "ruff", "needs": ["a"]],
                ["id": "c", "gate": "ruff", "needs": ["a"], "on_failure": "ignore"],
            ],
        ]
        let drawn = """
                    ┌────────────┐
                    │ a          │
                    │ gate: ruff │
                    └──────┬─────┘
                           │
                    ┌──────▼─────┐
                    │ b          │
                    │ gate: ruff │
                    └────────────┘

                ┌────────────────────┐
                │ c                  │
                │ gate: ruff         │
                │ on_failure: ignore │
                │ needs: a           │
                └────────────────────┘

            ┌─────────────────────────────┐
            │ the end                     │
            │ achieved when no step has   │
            │   failed                    │
            │ else again, up to 20 passes │
            └─────────────────────────────┘
            """
        #expect(try text(narrow, width: 34) == drawn)
    }

    @Test func linesThatWouldMeanSomethingElseAreNotDrawn() throws {
        // 'c' needs one of the two above it, 'd' both, and 'e' one that is further up.
        let crossed: JSONValue = [
            "name": "p",
            "steps": [
                ["id": "a", "gate": "ruff"], ["id": "b", "gate": "ruff"], ["id": "c", "gate": "ruff", "needs": ["a"]],
                ["id": "d", "gate": "ruff", "needs": ["a", "b"]], ["id": "e", "gate": "ruff", "needs": ["a", "d"]],
            ],
        ]
        let drawn = #"""
               ┌────────────┐  ┌────────────┐
               │ a          │  │ b          │
               │ gate: ruff │  │ gate: ruff │
               └──────┬─────┘  └────────────┘
                     ┌┘
              ┌──────▼─────┐  ┌─────────────┐
              │ c          │  │ d           │
              │ gate: ruff │  │ gate: ruff  │
              │            │  │ needs: a, b │
              └────────────┘  └─────────────┘

                       ┌─────────────┐
                       │ e           │
                       │ gate: ruff  │
                       │ needs: a, d │
                       └─────────────┘

            ┌──────────────────────────────────┐
            │ the end                          │
            │ achieved when no step has failed │
            │ else again, up to 20 passes      │
            └──────────────────────────────────┘
            """#
        #expect(try text(crossed) == drawn)
    }
}
