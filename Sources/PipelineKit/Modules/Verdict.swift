/// What a gate found.
public struct Verdict: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passed
        case failed
        /// Held once and not again, with nothing changed in between.
        case flaky
    }

    public var outcome: Outcome
    /// One sentence for the model and the person.
    public var reason: String
    /// From 0, nothing holds, to 1, everything does. `nil` for a gate with no scale.
    public var score: Double?
    /// What was judged one by one; empty for a gate that judges the whole.
    public var cases: [TestCase]
    /// What the model should read besides the reason: output of a command, capped.
    public var details: String
    /// What a linter or a type checker has to say, each with its place.
    public var findings: [Finding] = []
    /// Numbers that were measured, by name with their unit: `median_ms`.
    public var metrics: [String: Double] = [:]
    /// What was found with the files that the goal holds out; `nil` when it holds out none, or they were not needed.
    public var heldOut: HeldOut? = nil

    public init(
        _ outcome: Outcome,
        _ reason: String,
        score: Double? = nil,
        cases: [TestCase] = [],
        details: String = ""
    ) {
        self.outcome = outcome
        self.reason = reason
        self.score = score
        self.cases = cases
        self.details = details
    }

    public static func passed(_ reason: String, score: Double? = nil) -> Self { Self(.passed, reason, score: score) }
    public static func failed(_ reason: String, score: Double? = nil) -> Self { Self(.failed, reason, score: score) }

    public var holds: Bool { outcome == .passed }
}

/// One test, and how it went.
public struct TestCase: Sendable, Hashable {
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case passed
        case failed
        /// Broke outside the test itself: set-up, tear-down, collection.
        case error
        case skipped
    }

    /// The name the runner gives it, the same in every check: `tests/test_calc.py::test_add`.
    public var id: String
    public var outcome: Outcome
    /// The assertion, or why it was skipped; capped.
    public var message: String
    public var seconds: Double?
    /// Where it stands or where it failed, relative to the workspace.
    public var file: String? = nil
    /// From 1.
    public var line: Int? = nil

    public init(_ id: String, _ outcome: Outcome, _ message: String = "", seconds: Double? = nil) {
        self.id = id
        self.outcome = outcome
        self.message = message
        self.seconds = seconds
    }
}
