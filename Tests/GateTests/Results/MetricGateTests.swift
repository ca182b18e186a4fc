import PipelineKit
import PipelineTesting
import Testing

@testable import ResultsGate

/// A number that a command measures, and its target.
struct MetricGateTests {
    private func verdict(_ command: String, _ metric: String = "accuracy", _ target: Double = 0.9) async throws
        -> Verdict
    {
        let settings: JSONValue = [
            "command": .string(command), "metric": .string(metric), "target": .double(target), "timeout": "20s",
        ]
        return try await GateTrial.verdict(of: MetricGate.self, [:], settings)
    }

    @Test func itIsAGate() async throws {
        try await expectConformance(
            of: MetricGate.self,
            settings: ["command": "echo '{\"f1\": 0.5}'", "metric": "f1", "target": 0.4],
            required: ["command", "metric", "target"]
        )
    }

    @Test(arguments: [
        ("accuracy", 0.9, true, "The value of 'accuracy' is 0.95, and must be at least 0.9."),
        ("accuracy", 0.99, false, "The value of 'accuracy' is 0.95, and must be at least 0.99."),
        ("validation.rmse", 0.5, true, "The value of 'validation.rmse' is 0.4, and must be at most 0.5."),
        ("validation.rmse", 0.3, false, "The value of 'validation.rmse' is 0.4, and must be at most 0.3."),
    ])
    func errorsAreBetterWhenTheyAreLower(metric: String, target: Double, holds: Bool, reason: String) async throws {
        let json = #"{"accuracy": 0.95, "validation": {"rmse": 0.4}}"#
        let verdict = try await verdict("echo training; echo '\(json)' > $SLUICE_REPORT", metric, target)
        #expect(verdict.holds == holds && verdict.reason == reason)
        #expect(verdict.metrics == [metric: metric == "accuracy" ? 0.95 : 0.4])
    }

    @Test(arguments: [
        ("echo broken >&2; exit 3", "'echo broken >&2; exit 3' exited with 3, so nothing was measured."),
        ("kill -SEGV $$", "'kill -SEGV $$' was ended by SIGSEGV, so nothing was measured."),
        ("echo done", "'echo done' wrote no JSON to $SLUICE_REPORT, and printed none."),
        ("true", "'true' wrote no JSON to $SLUICE_REPORT, and printed none."),
        ("echo '{\"f1\": 1}'", "What 'echo '{\"f1\": 1}'' measured has no number 'accuracy'; it has 'f1'."),
        (
            "echo '{\"accuracy\": \"1\"}'",
            "What 'echo '{\"accuracy\": \"1\"}'' measured has no number 'accuracy'; it has 'accuracy'."
        ),
    ])
    func whatMeasuresNothingDoesNotHold(command: String, reason: String) async throws {
        let verdict = try await verdict(command)
        #expect(verdict.outcome == .failed && verdict.reason == reason)
    }

    @Test func aCommandThatIsNotThereIsNoVerdict() async throws {
        let settings: JSONValue = ["command": "no-such-program", "metric": "f1", "target": 1]
        let failure = try await GateTrial.failure(of: MetricGate.self, [:], settings)
        #expect(failure?.kind == .missing)
        #expect(
            failure?.message
                == "'no-such-program' could not run, because a program was not found: /bin/sh: 1: no-such-program: not found"
        )
    }

    @Test func aCommandThatHangsIsEnded() async throws {
        let settings: JSONValue = ["command": "sleep 1000", "metric": "f1", "target": 1, "timeout": "1s"]
        let failure = try await GateTrial.failure(of: MetricGate.self, [:], settings)
        #expect(failure?.kind == .timedOut)
    }

    @Test(
        arguments: [
            (["command": " ", "metric": "f1", "target": 1], "Field 'command' must be a command line, but is empty."),
            (
                ["command": "x", "metric": "", "target": 1],
                "Field 'metric' must name a number of the JSON, but is empty."
            ),
            (
                ["command": "x", "metric": "widgets", "target": 1],
                "Field 'better' must say whether 'higher' or 'lower' values of 'widgets' are better."
            ),
            (
                ["command": "x", "metric": "f1", "target": 1, "timeout": "0s"],
                "Field 'timeout' must be longer than 0s."
            ),
        ] as [(JSONValue, String)]
    )
    func settingsThatCannotBeAreRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: MetricGate.self, settings) == message)
    }

    /// What measures is not for the work to change.
    @Test func theEvaluationIsProtected() async throws {
        let refused = try await GateTrial.refused(
            under: MetricGate.protection,
            start: ["evaluate.py": "1", "model.py": "1", "holdout/x.csv": "1"],
            work: ["evaluate.py": "2", "model.py": "2", "holdout/x.csv": nil]
        )
        #expect(refused.sorted() == ["evaluate.py", "holdout/x.csv"])
    }
}
